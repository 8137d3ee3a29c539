/** What happened in a world, in order: the requests of every process with what it was told, and what others did. */
import type { KeyPage, Message, Outcome, Page, Platform, Reply, Row } from '@flowstate/core/adapter';
import { describeRequest, type Fault } from '@flowstate/core/testing';

/** A fault that met a request of a process, counted from 0. */
export interface MetFault {
  readonly request: number;
  readonly fault: Fault;
}

/** A platform as one process has it. */
export interface Seat extends Platform {
  /** The name of the process, for the trace. */
  readonly by?: string;
  /** The faults that its requests met so far; only a process under test has any. */
  readonly faults?: readonly MetFault[];
}

/** One request of a process. */
interface Asked {
  readonly by: string;
  /** Its number among the requests of the process, from 0. */
  readonly request: number;
  readonly what: () => string;
  fault?: Fault;
  answer?: () => string;
}

/** How much of the requests a line shows. */
export interface TraceStyle {
  /** Processes whose requests are shown: all unless given. */
  readonly of?: ReadonlySet<string>;
  /** Whether a line says what the process was told. */
  readonly answers: boolean;
  /** Puts names in the place of hashes. */
  readonly named: (line: string) => string;
}

/** Longest line of a trace, in characters. */
const LINE_MAX = 300;

/** A trace that grows. */
export class Trace {
  readonly #entries: (Asked | string)[] = [];
  readonly #counts = new Map<string, number>();

  /** Notes what somebody did. */
  event(line: string): void {
    this.#entries.push(line);
  }

  /** The platform, with every request of the process that has it noted. */
  recorded(platform: Seat): Platform {
    const { by = 'a process', faults, store, invoker } = platform;
    const through = <R>(what: () => string, send: () => Promise<R>, answerOf: (reply: R) => string) =>
      this.#through(by, faults, what, send, answerOf);
    return {
      ...platform,
      store: {
        traits: store.traits,
        read: (key) =>
          through(
            () => describeRequest({ method: 'read', key }),
            () => store.read(key),
            rowText,
          ),
        write: (write, options) =>
          through(
            () => describeRequest({ method: 'write', write, returning: options?.returning ?? false }),
            () => store.write(write, options),
            outcomeText,
          ),
        query: (query) =>
          through(
            () => describeRequest({ method: 'query', query }),
            () => store.query(query),
            pageText,
          ),
        list: (listing) =>
          through(
            () => describeRequest({ method: 'list', listing }),
            () => store.list(listing),
            keysText,
          ),
      },
      invoker: {
        start: (target, message) =>
          through(
            () => `start ${messageText(message)}`,
            () => invoker.start(target, message),
            () => 'sent',
          ),
        call: (target, message) =>
          through(
            () => `call ${messageText(message)}`,
            () => invoker.call(target, message),
            replyText,
          ),
        status: (target, run) =>
          through(
            () => `status ${run}`,
            () => invoker.status(target, run),
            (status) => JSON.stringify(status),
          ),
      },
    };
  }

  /** One line for each request and each event. */
  lines({ of, answers, named }: TraceStyle): string[] {
    return this.#entries.flatMap((entry) => {
      if (typeof entry === 'string') return [named(entry)];
      const { by, request, what, fault, answer = () => 'no answer' } = entry;
      if (of !== undefined && !of.has(by)) return [];
      const mark = fault === undefined ? '' : ` <${fault.toUpperCase()}>`;
      const told = answers ? ` -> ${cut(named(answer()))}` : '';
      return [`${by} ${request}${mark}: ${cut(named(what()))}${told}`];
    });
  }

  /** How many requests of a process were noted. */
  countOf(by: string): number {
    return this.#counts.get(by) ?? 0;
  }

  async #through<R>(
    by: string,
    faults: Seat['faults'],
    what: () => string,
    send: () => Promise<R>,
    answerOf: (reply: R) => string,
  ): Promise<R> {
    const asked: Asked = { by, request: this.countOf(by), what };
    this.#counts.set(by, asked.request + 1);
    this.#entries.push(asked);
    const before = faults?.length ?? 0;
    const sent = send();
    const met = faults?.[before];
    if (met !== undefined) asked.fault = met.fault;
    try {
      const reply = await sent;
      asked.answer = () => answerOf(reply);
      return reply;
    } catch (error) {
      asked.answer = () => String(error);
      throw error;
    }
  }
}

function cut(line: string): string {
  return line.length <= LINE_MAX ? line : `${line.slice(0, LINE_MAX)}…`;
}

function rowText(row: Row | null | undefined): string {
  return row === undefined || row === null ? 'no row' : JSON.stringify(row.fields);
}

function outcomeText({ applied, row }: Outcome): string {
  const word = applied ? 'applied' : 'refused';
  return row === undefined ? word : `${word}, ${rowText(row)}`;
}

function pageText({ rows, more }: Page): string {
  return `${rows.length} rows${more ? ', and more' : ''} ${JSON.stringify(rows.map(({ fields }) => fields))}`;
}

function keysText({ keys, more }: KeyPage): string {
  return `${keys.map((key) => `${key.partition}/${key.sort}`).join(', ') || 'nothing'}${more ? ', and more' : ''}`;
}

function messageText(message: Message): string {
  return `${message.function} (${message.kind})`;
}

/** A reply on one line. */
export function replyText(reply: Reply): string {
  switch (reply.reply) {
    case 'result':
      return `result ${reply.value}`;
    case 'error':
      return `error ${reply.error}`;
    case 'pending':
      return `pending, ${reply.state}${reply.reason === undefined ? '' : ` (${reply.reason})`}`;
    case 'refused':
      return `refused for good: ${reply.code} ${reply.message}`;
    case 'status':
      return `status ${JSON.stringify(reply.status)}`;
  }
}
