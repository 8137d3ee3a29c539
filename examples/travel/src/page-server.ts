/** The page: the story live on loopback, to play with. Nothing is asked of anybody else's server. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createAdaptorServer } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import * as v from 'valibot';
import { happen, kill } from './accidents.js';
import { chanceOf } from './chance.js';
import { itemRows } from './item-rows.js';
import { PageView, troubleOf } from './page-state.js';
import type { Accident, Plan } from './plan.js';
import type { Story } from './story.js';
import { timeline } from './timeline.js';

/** A page that is served. */
export interface PageServer {
  readonly url: string;
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

const FILES = fileURLToPath(new URL('../page/', import.meta.url));
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const MORE_MAX = 50;
const PRICE = 24_900;

const wish = v.object({
  customer: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(60)),
  hotel: v.string(),
  flight: v.string(),
  accident: v.optional(v.picklist(['now', 'after the charge', 'before the answer'])),
});
const accident = v.variant('kind', [
  v.object({ kind: v.picklist(['now', 'freeze', 'thaw']), worker: v.string() }),
  v.object({ kind: v.picklist(['after the charge', 'before the answer']) }),
]);
const more = v.object({ reservations: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MORE_MAX)) });

/** Serves the page. @throws Error where the port is taken */
export async function servePage(story: Story, plan: Plan, port = 0): Promise<PageServer> {
  const ending = new AbortController();
  const server = createAdaptorServer({ fetch: routes(new Play(story, plan, ending.signal)).fetch });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? new Error(`port ${port} is taken: give another one, or none`) : error;
  });
  const closed = once(server, 'close').then(() => undefined);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    closed,
    async close() {
      ending.abort(new Error('the page is closed'));
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}

function routes(play: Play): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    // Only this machine's own pages: no name that somebody points here, no form of another site.
    const local = /^(127\.0\.0\.1|localhost):\d+$/.test(c.req.header('host') ?? '');
    const plain = c.req.method === 'GET' || c.req.header('content-type') === 'application/json';
    if (!local || !plain) return c.json({ error: 'not from here' }, 403);
    await next();
    c.header('content-security-policy', POLICY);
    c.header('x-content-type-options', 'nosniff');
    c.header('cache-control', 'no-store');
    return undefined;
  });
  app.get('/api/state', async (c) => c.json(await play.view.state(play.armed)));
  app.get('/api/runs/:id', async (c) => {
    const found = await timeline(play.story, c.req.param('id'));
    return found === undefined ? c.json({ error: 'there is no such reservation' }, 404) : c.json(found);
  });
  app.get('/api/items/:table/:key', async (c) => {
    const { table, key } = c.req.param();
    return c.json(await itemRows(play.story.world, table, key));
  });
  app.post('/api/reservations', async (c) => c.json({ id: play.reserve(v.parse(wish, await c.req.json())) }));
  app.post('/api/more', async (c) => {
    play.more(v.parse(more, await c.req.json()).reservations);
    return c.json({});
  });
  app.post('/api/accidents', async (c) => {
    await play.accident(v.parse(accident, await c.req.json()));
    return c.json({});
  });
  app.get('*', serveStatic({ root: FILES }));
  app.onError((error, c) => {
    if (v.isValiError(error) || error instanceof Refused || error instanceof SyntaxError)
      return c.json({ error: error.message }, 400);
    return c.json({ error: troubleOf(error) }, 503);
  });
  return app;
}

class Refused extends Error {}

/** What a visitor can do. */
class Play {
  readonly view: PageView;
  private readonly waiting = new Set<Accident>();
  private readonly chance: ReturnType<typeof chanceOf>;
  private count = 0;

  constructor(
    readonly story: Story,
    plan: Plan,
    private readonly signal: AbortSignal,
  ) {
    this.view = new PageView(story, plan.seed);
    this.chance = chanceOf(plan.seed + 1);
  }

  /** Accidents that wait for their moment. */
  get armed(): readonly Accident[] {
    return [...this.waiting];
  }

  /** Begins a reservation, with an accident where one is wanted; answers its id at once. */
  reserve({ customer, hotel, flight, accident }: v.InferOutput<typeof wish>): string {
    const { hotels, flights } = this.story.places;
    if (!hotels.includes(hotel) || !flights.includes(flight))
      throw new Refused('there is no such hotel or flight');
    if (accident !== undefined) this.arm(accident);
    this.count += 1;
    const id = `hand-${String(this.count).padStart(3, '0')}`;
    void this.story.reserve({ id, customer, hotel, flight, price: PRICE });
    return id;
  }

  /** Begins some reservations by chance. */
  more(reservations: number): void {
    const { hotels, flights } = this.story.places;
    for (let i = 0; i < reservations; i++) {
      const hotel = hotels[this.chance.below(hotels.length)] ?? '';
      const flight = flights[this.chance.below(flights.length)] ?? '';
      this.reserve({ customer: `visitor ${1 + this.chance.below(90)}`, hotel, flight });
    }
  }

  async accident(wanted: v.InferOutput<typeof accident>): Promise<void> {
    if (!('worker' in wanted)) return this.arm(wanted.kind);
    const { deployment } = this.story.world;
    const worker = deployment.workers().find(({ name }) => name === wanted.worker);
    if (worker === undefined || worker.state === 'starting')
      throw new Refused(`${wanted.worker} is not running`);
    if (wanted.kind === 'now') return kill(this.story, worker.name);
    if (wanted.kind === 'freeze') deployment.freeze(worker.name);
    else deployment.thaw(worker.name);
    this.story.note(worker.name, wanted.kind === 'freeze' ? 'frozen' : 'thawed');
  }

  private arm(kind: Accident): void {
    if (this.waiting.has(kind)) return;
    this.waiting.add(kind);
    happen(this.story, { kind, pick: this.chance.fraction() }, this.signal)
      .catch((error: unknown) => {
        if (!this.signal.aborted) this.story.note('an accident', `did not happen: ${String(error)}`);
      })
      .finally(() => this.waiting.delete(kind));
  }
}
