/** Imports a file of the user, TypeScript or JavaScript, and says what is wrong with it where it cannot be. */
import { execFile } from 'node:child_process';
import module from 'node:module';
import { pathToFileURL } from 'node:url';
import { register } from 'tsx/esm/api';
import { isError } from '../report/is-error.js';
import { resolveSync } from './typescript-as-modules.js';

let isReady = false;

/** What a file exports, by name. TypeScript, and local imports of `./x.js` that are really `./x.ts`, run as they are. */
export async function importFile(file: string): Promise<Record<string, unknown>> {
  if (!isReady) loadTypeScript();
  isReady = true;
  return { ...(await import(pathToFileURL(file).href)) };
}

function loadTypeScript(): void {
  register();
  const registerHooks: unknown = Reflect.get(module, 'registerHooks');
  if (typeof registerHooks === 'function') registerHooks({ resolve: resolveSync });
  else module.register('./typescript-as-modules.js', import.meta.url);
}

/** What went wrong with a file of the user, with the place, without Node's own part of the stack. */
export async function loadingError(error: unknown, file: string): Promise<string> {
  if (!isError(error)) return `It threw ${String(error)}, which is no error.`;
  if (error.name === 'TransformError' || ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND'))
    return error.message;
  if (error instanceof SyntaxError && !/^\S*:\d+\n/.test(error.stack ?? ''))
    return (await syntaxError(file)) ?? `${error.name}: ${error.message}, in a file that it imports`;
  return ownStack(error);
}

/** Where this package is: its own frames tell the author of an adapter nothing. */
const OWN = new URL('..', import.meta.url).href;

/** An error with the frames that are neither Node's nor the suite's. */
export function ownStack(error: unknown): string {
  if (!isError(error)) return String(error);
  const lines = (error.stack ?? `${error.name}: ${error.message}`).split('\n');
  const why = error.cause === undefined ? '' : `\nbecause of ${ownStack(error.cause)}`;
  const isForeign = (line: string) =>
    !/^\s+at /.test(line) || !(line.includes('node:internal/') || line.includes(OWN));
  return lines.filter(isForeign).join('\n') + why;
}

/** Node names the line only where it is the one to start the file. undefined: the file itself is right. */
function syntaxError(file: string): Promise<string | undefined> {
  return new Promise((done) => {
    execFile(process.execPath, ['--check', file], { encoding: 'utf8' }, (failed, _, told) => {
      const [message = ''] = told.split(/\n\s+at /);
      done(failed === null ? undefined : message.trim());
    });
  });
}
