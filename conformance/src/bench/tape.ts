/** Everything that was asked of a store, with what it answered: the evidence of a case. */
import type { Row, RowKey, Store, StoreTraits } from '@flowstate/core/adapter';
import { describeRequest } from '@flowstate/core/testing';
import { keysAnswer, outcomeAnswer, pageAnswer, rowAnswer } from './answers.js';

/** One request and what became of it. */
export interface Exchange {
  /** Who asked. */
  readonly by: string;
  readonly method: 'read' | 'write' | 'query' | 'list';
  /** The request, on one line. */
  readonly asked: string;
  /** The partition it was about; undefined: a listing. */
  readonly where: { readonly table: RowKey['table']; readonly partition: string } | undefined;
  /** Places in the order in which things happened: when it was sent, and when it was answered (undefined: never). */
  readonly sent: number;
  answered?: number;
  /** The answer, on one line. */
  answer?: string;
}

/** Longest line of a request or an answer that is kept, in characters. */
const LINE_MAX = 400;

/** A recording of every request to the stores of one case. */
export class Tape {
  readonly exchanges: Exchange[] = [];
  #moments = 0;

  /** The store, recorded under a name. */
  record(by: string, store: Store): Store {
    const asked = <R>(
      exchange: Omit<Exchange, 'by' | 'sent'>,
      ask: () => Promise<R>,
      answerOf: (reply: R) => string,
    ): Promise<R> => this.#through({ by, sent: this.#moments++, ...exchange }, ask, answerOf);
    return {
      traits: store.traits,
      read: (key) =>
        asked(
          { method: 'read', asked: describeRequest({ method: 'read', key }), where: key },
          () => store.read(key),
          rowAnswer,
        ),
      write: (write, options) =>
        asked(
          {
            method: 'write',
            asked: `${describeRequest({ method: 'write', write, returning: options?.returning ?? false })}${options?.seen === undefined ? '' : ` (seen ${options.seen.version ?? 'without version'})`}`,
            where: write.key,
          },
          () => store.write(write, options),
          outcomeAnswer,
        ),
      query: (query) =>
        asked(
          { method: 'query', asked: describeRequest({ method: 'query', query }), where: query },
          () => store.query(query),
          pageAnswer,
        ),
      list: (listing) =>
        asked(
          { method: 'list', asked: describeRequest({ method: 'list', listing }), where: undefined },
          () => store.list(listing),
          keysAnswer,
        ),
    };
  }

  /** Every exchange on one line, oldest first. */
  lines(): string[] {
    return this.exchanges.map(({ by, asked, answer }) => `${by}: ${asked} -> ${answer ?? '(no answer)'}`);
  }

  /** The partitions that were asked about. */
  partitions(): Exchange['where'][] {
    const found = new Map<string, Exchange['where']>();
    for (const { where } of this.exchanges) {
      if (where !== undefined)
        found.set(`${where.table}/${where.partition}`, { table: where.table, partition: where.partition });
    }
    return [...found.values()];
  }

  async #through<R>(exchange: Exchange, ask: () => Promise<R>, answerOf: (reply: R) => string): Promise<R> {
    this.exchanges.push({ ...exchange, asked: cut(exchange.asked) });
    const kept = this.exchanges[this.exchanges.length - 1]!;
    const answered = (answer: string): void => {
      kept.answered = this.#moments++;
      kept.answer = cut(answer);
    };
    try {
      // A driver that works inside the call, as those of embedded databases do, would never let a timer ring, nor any
      // other client in.
      await quiet();
      const reply = await ask();
      answered(told(reply, answerOf));
      return reply;
    } catch (error) {
      answered(`${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
      throw error;
    }
  }
}

function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A store under test may answer anything: what is no answer at all is shown as it is. */
function told<R>(reply: R, answerOf: (reply: R) => string): string {
  try {
    return answerOf(reply);
  } catch {
    return `${JSON.stringify(reply)} (not of the form that the port describes)`;
  }
}

function cut(line: string): string {
  return line.length <= LINE_MAX ? line : `${line.slice(0, LINE_MAX)}… (${line.length} characters)`;
}

/** A row on one line. */
export function rowLine({ key, fields, version }: Row): string {
  const line = `${key.table}/${key.partition}/${key.sort}${version === undefined ? '' : ` (version ${version})`} ${JSON.stringify(fields)}`;
  return cut(line);
}

/** Traits on one line. */
export function traitsLine(traits: StoreTraits): string {
  return JSON.stringify(traits);
}
