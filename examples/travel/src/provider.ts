/**
 * A payment provider and mail service, as far as a customer of theirs can see it: idempotency keys as Stripe has them,
 * and a ledger. It keeps everything in memory and is never killed: it is the world outside.
 */
import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import * as v from 'valibot';

/** An effect that happened: a charge, or a mail. */
export interface Entry {
  readonly id: string;
  readonly reservation: string;
  /** In cents; 0 for mails. */
  readonly amount: number;
  /** When, in ms since the epoch. */
  readonly at: number;
}

/** All that happened. `repeats`: requests answered from their key, without an effect. */
export interface Ledger {
  readonly charges: readonly Entry[];
  readonly mails: readonly Entry[];
  readonly repeats: number;
}

/** A charge whose answer is held back: whoever asked for it can be killed now. */
export interface Held {
  readonly reservation: string;
  readonly worker: string;
}

const HELD_MS_MAX = 5_000;
const wanted = v.object({ reservation: v.string(), amount: v.optional(v.number(), 0) });

type Kind = 'charges' | 'mails';

interface Kept {
  readonly bodyHash: string;
  readonly answer: { readonly id: string };
}

/** The provider's application, to be served by HTTP. */
export function provider(): Hono {
  const ledger: Record<Kind, Entry[]> = { charges: [], mails: [] };
  const kept = new Map<string, Kept>();
  const hold = new Hold();
  let repeats = 0;

  async function effect(kind: Kind, key: string | undefined, body: string, worker: string) {
    if (key === undefined || key === '')
      throw new HTTPException(400, { message: 'an Idempotency-Key is needed' });
    const bodyHash = createHash('sha256').update(body).digest('hex');
    const before = kept.get(`${kind} ${key}`);
    if (before !== undefined) {
      if (before.bodyHash !== bodyHash)
        throw new HTTPException(409, { message: `key ${key} was used for another request` });
      repeats += 1;
      return { answer: before.answer, repeated: true };
    }
    const { reservation, amount } = parsed(body);
    const entries = ledger[kind];
    const id = `${kind === 'charges' ? 'ch' : 'ml'}_${entries.length + 1}`;
    entries.push({ id, reservation, amount, at: Date.now() });
    kept.set(`${kind} ${key}`, { bodyHash, answer: { id } });
    if (kind === 'charges') await hold.pass({ reservation, worker });
    return { answer: { id }, repeated: false };
  }

  const app = new Hono();
  for (const kind of ['charges', 'mails'] as const) {
    app.post(`/${kind}`, async (c) => {
      const { req } = c;
      const { answer, repeated } = await effect(
        kind,
        req.header('idempotency-key'),
        await req.text(),
        req.header('x-worker') ?? '',
      );
      if (repeated) c.header('idempotent-replayed', 'true');
      return c.json(answer);
    });
  }
  app.get('/ledger', (c) => c.json({ ...ledger, repeats } satisfies Ledger));
  /** Answers when the next charge is made, which is then held until it is released. */
  app.post('/hold', async (c) => c.json(await hold.next(c.req.raw.signal)));
  app.post('/release', (c) => {
    hold.release();
    return c.body(null, 204);
  });
  app.onError((error, c) => {
    if (error instanceof HTTPException) return c.json({ error: error.message }, error.status);
    return c.json({ error: String(error) }, 500);
  });
  return app;
}

function parsed(body: string) {
  try {
    return v.parse(wanted, JSON.parse(body));
  } catch (error) {
    throw new HTTPException(400, { message: `not a request of ours: ${String(error)}` });
  }
}

/** Holds back the answer of one charge: long enough to kill who waits for it, never for ever. */
class Hold {
  private waiting: ((held: Held) => void) | undefined;
  private readonly held = new Set<() => void>();

  async next(given: AbortSignal): Promise<Held> {
    if (this.waiting !== undefined)
      throw new HTTPException(409, { message: 'somebody else waits for the next charge' });
    return new Promise((resolve, reject) => {
      this.waiting = resolve;
      given.addEventListener('abort', () => {
        if (this.waiting === resolve) this.waiting = undefined;
        reject(new HTTPException(408, { message: 'given up' }));
      });
    });
  }

  async pass(held: Held): Promise<void> {
    const { waiting } = this;
    if (waiting === undefined) return;
    this.waiting = undefined;
    await new Promise<void>((resolve) => {
      const letGo = () => {
        clearTimeout(timer);
        this.held.delete(letGo);
        resolve();
      };
      const timer = setTimeout(letGo, HELD_MS_MAX);
      this.held.add(letGo);
      waiting(held);
    });
  }

  release(): void {
    for (const letGo of this.held) letGo();
  }
}
