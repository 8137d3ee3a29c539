/** What a function is: its code, its limits, and what becomes of events that it does not take. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FunctionError } from './outcome.js';

/** The account and region of everything that is addressed here. */
export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

/** A function to deploy. */
export interface LambdaFunction {
  /** Letters, digits, `-` and `_`. */
  readonly name: string;
  /**
   * `<module>.<export>`, as the service has it: `functions/book.handler` is the export `handler` of `functions/book.mjs`
   * or `.js`, with or without that extension in between. Relative to `root`, or absolute. Neither the module's file
   * name nor any folder above it may hold two dots in a row, and the file name no dot but its extension's.
   */
  readonly handler: string;
  /** The folder of its code and its working directory; this process's where not given. */
  readonly root?: string;
  /** How long an invocation may take, in ms; 3 000 where not given. Loading the module does not count. */
  readonly timeoutMs?: number;
  /** Added to its environment, which has nothing else of this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Reserved concurrency: how many invocations may run at once; 10 where not given. 0 throttles all of them. */
  readonly concurrency?: number;
  /** How often an event is tried again after a function error; 2 where not given, which is also the service's most. */
  readonly retries?: number;
  /** The pauses before the retries, in ms; 50 and 100 where not given. The service waits 1 and 2 minutes. */
  readonly retryDelaysMs?: readonly number[];
  /** How old an event may become before it is given up, in ms; 6 hours where not given. */
  readonly maxEventAgeMs?: number;
  /** Hears of each event that was given up. */
  readonly deadLetter?: (letter: DeadLetter) => void;
}

/** An event that was given up. */
export interface DeadLetter {
  readonly functionName: string;
  readonly requestId: string;
  /** The event, as JSON text. */
  readonly payload: string;
  readonly condition: 'RetriesExhausted' | 'EventAgeExceeded';
  /** How often the function ran. */
  readonly attempts: number;
  /** What the last run said; undefined where none ran. */
  readonly error: FunctionError | undefined;
}

/** A function with all that was left to the defaults. */
export type DeployedFunction = Required<Omit<LambdaFunction, 'deadLetter'>> & {
  readonly arn: string;
  readonly deadLetter: (letter: DeadLetter) => void;
};

const NAME = /^[A-Za-z0-9_-]{1,64}$/;
/** Folders, the module's name, its extension, and the path of the export in it. */
const HANDLER = /^(?<module>(?:.*\/)?[^./]+)(?:\.(?:mjs|cjs|js))?\.(?<path>[\w$]+(?:\.[\w$]+)*)$/;
const EXTENSIONS = ['.mjs', '.js', '.cjs'];
const HOURS = 3_600_000;

/** Checks a function and fills in the defaults. @throws TypeError where it cannot be deployed */
export function deployable(definition: LambdaFunction): DeployedFunction {
  const { name, handler, root = process.cwd(), concurrency = 10, timeoutMs = 3_000 } = definition;
  if (!NAME.test(name))
    throw new TypeError(`${JSON.stringify(name)} is no function name: use ${NAME.source}`);
  const { module, path } = HANDLER.exec(handler)?.groups ?? {};
  if (module === undefined || path === undefined || handler.includes('..')) {
    throw new TypeError(
      `${name}: the handler ${JSON.stringify(handler)} must be <module>.<export>, without "..": book.handler`,
    );
  }
  const folder = resolve(root);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new TypeError(`${name}: the root ${folder} is no folder`);
  }
  const file = resolve(folder, module);
  if (!EXTENSIONS.some((extension) => existsSync(file + extension))) {
    throw new TypeError(
      `${name}: there is no module ${file} with one of the extensions ${EXTENSIONS.join(', ')}`,
    );
  }
  if (!Number.isInteger(concurrency) || concurrency < 0) {
    throw new TypeError(`${name}: the concurrency must be a whole number, 0 or more, not ${concurrency}`);
  }
  if (!(timeoutMs > 0)) throw new TypeError(`${name}: the time-out must be above 0 ms, not ${timeoutMs}`);
  return {
    name,
    arn: arnOf(name),
    handler: `${module}.${path}`,
    root: folder,
    timeoutMs,
    env: definition.env ?? {},
    concurrency,
    retries: definition.retries ?? 2,
    retryDelaysMs: definition.retryDelaysMs ?? [50, 100],
    maxEventAgeMs: definition.maxEventAgeMs ?? 6 * HOURS,
    deadLetter: definition.deadLetter ?? (() => {}),
  };
}

/** The address of a function, whether there is one of that name or not. */
export function arnOf(name: string): string {
  return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
}
