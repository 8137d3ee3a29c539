/** Real processes behind real sockets, and somebody who kills and freezes them. */

import { fileURLToPath } from 'node:url';
import type { Choices } from '@flowstate/core/testing';
import { type Child, freePort, startChild } from '@flowstate/engines';

const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));
const READY_MS = 30_000;

/** How the processes work. */
export interface FleetOptions {
  readonly size: number;
  readonly url: string;
  readonly secret: string;
  readonly leaseMs: number;
}

/** What was done to them. */
export interface Storm {
  kills: number;
  freezes: number;
  killsWhileFrozen: number;
}

/** Processes, at addresses that stay theirs. */
export interface Fleet {
  /** The address of any of them, dead or alive. */
  readonly addresses: readonly string[];
  /** Kills and freezes at random moments until so many were killed; each is started again, or thawed. */
  storm(choices: Choices, killsMin: number): Promise<Storm>;
  /** Resolves once all of them are up and awake. */
  calm(): Promise<void>;
  stop(): Promise<void>;
}

interface Place {
  readonly port: number;
  child: Child | undefined;
  /** Up, awake and serving: what is to be killed must have been at work. */
  working: boolean;
  /** Its restart or thaw under way. */
  settling: Promise<void>;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts the processes. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { size, url, secret, leaseMs } = options;
  const places: Place[] = [];
  for (let i = 0; i < size; i++) {
    places.push({ port: await freePort(), child: undefined, working: false, settling: Promise.resolve() });
  }
  const ports = places.map(({ port }) => port);

  async function start(place: Place): Promise<void> {
    const settings = { url, port: place.port, ports, secret, lease: leaseMs };
    place.child = await startChild({ script: WORKER, args: [JSON.stringify(settings)] });
    await place.child.line(/^ready$/, READY_MS);
    place.working = true;
  }

  async function kill(place: Place): Promise<void> {
    place.working = false;
    await place.child?.kill();
    await start(place);
  }

  /** Past the lease: others take its runs over, and it goes on as a zombie; or it dies without having woken. */
  async function freeze(place: Place, ms: number, deadly: boolean): Promise<void> {
    place.working = false;
    place.child?.freeze();
    await sleep(ms);
    if (deadly) return kill(place);
    place.child?.thaw();
    place.working = true;
  }

  async function storm(choices: Choices, killsMin: number): Promise<Storm> {
    const done: Storm = { kills: 0, freezes: 0, killsWhileFrozen: 0 };
    while (done.kills < killsMin) {
      await sleep(100 + choices.pick(400));
      const working = places.filter((place) => place.working);
      const place = working[choices.pick(Math.max(1, working.length))];
      const act = choices.pick(5);
      const ms = 2 * leaseMs + choices.pick(2 * leaseMs);
      if (place === undefined) continue;
      const deadly = act === 0;
      if (act > 1) place.settling = kill(place);
      else place.settling = freeze(place, ms, deadly);
      if (act <= 1) done.freezes += 1;
      if (act !== 1) done.kills += 1;
      if (deadly) done.killsWhileFrozen += 1;
      // A failure is told by calm(); until then it is nobody's.
      place.settling.catch(() => undefined);
    }
    return done;
  }

  const calm = async (): Promise<void> => void (await Promise.all(places.map(({ settling }) => settling)));
  await Promise.all(places.map(start));
  return {
    addresses: ports.map((port) => `http://127.0.0.1:${port}`),
    storm,
    calm,
    async stop() {
      await Promise.all(places.map(({ child }) => child?.kill()));
    },
  };
}
