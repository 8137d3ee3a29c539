/** The framings by their names in the harness. */
import type { Framing } from '../harness.js';
import { http1Talk } from './framing-http1.js';
import { http2Talk } from './framing-http2.js';
import { opaqueTalk } from './framing-opaque.js';
import { postgresTalk } from './framing-postgres.js';
import type { Talk } from './talk.js';

const TALKS: Readonly<Record<Framing, () => Talk>> = {
  postgres: postgresTalk,
  http1: http1Talk,
  http2: http2Talk,
  opaque: opaqueTalk,
};

/** Listens to a new connection. */
export function talkOf(framing: Framing): Talk {
  return TALKS[framing]();
}
