import { progress } from './checkout.mjs';
import { Stopped } from './child.mjs';

/** A failure that the user can read: printed as it is, without a stack. */
export class CommandError extends Error {}

/**
 * Runs the body of a command: its result is the exit code of the process, 130 after a Ctrl-C.
 * @param {(args: readonly string[]) => Promise<number>} body
 */
export async function command(body) {
  try {
    process.exitCode = await body(process.argv.slice(2));
  } catch (error) {
    if (error instanceof Stopped) {
      process.exitCode = error.exitCode;
      return;
    }
    reportFailure(error);
    process.exitCode = 1;
  }
}

/** Prints what went wrong, with a stack where it is not for the user to repair. */
export function reportFailure(/** @type {unknown} */ error) {
  progress(
    error instanceof CommandError ? error.message : String(error instanceof Error ? error.stack : error),
  );
}
