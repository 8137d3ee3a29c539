/** A process and all that it started, as the operating system groups them. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Whether a child can have a process group of its own, which signals reach as a whole. */
export const OWN_GROUPS = process.platform !== 'win32';

/**
 * Ends what is left running in a group: asked first, killed when it is still there after `stopMs`.
 * @param {number | undefined} leader the process that the group is named after; undefined where it never started
 * @param {number} stopMs
 */
export async function endGroup(leader, stopMs) {
  if (!isRunning(leader)) return;
  signalGroup(leader, 'SIGTERM');
  const until = Date.now() + stopMs;
  while (isRunning(leader)) {
    if (Date.now() > until) {
      signalGroup(leader, 'SIGKILL');
      return;
    }
    await wait(50);
  }
}

/**
 * Sends a signal to a group; false where nothing of it is there.
 * @param {number | undefined} leader
 * @param {NodeJS.Signals | 0} signal
 */
export function signalGroup(leader, signal) {
  if (leader === undefined) return false;
  try {
    return process.kill(OWN_GROUPS ? -leader : leader, signal);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') return false;
    throw error;
  }
}

/** Whether a group has a process that has not ended. Ended ones can lie about for long, where nobody collects them. */
function isRunning(/** @type {number | undefined} */ leader) {
  if (!signalGroup(leader, 0)) return false;
  if (process.platform !== 'linux') return true;
  return readdirSync('/proc').some((pid) => /^\d+$/.test(pid) && isRunningMember(pid, String(leader)));
}

function isRunningMember(/** @type {string} */ pid, /** @type {string} */ leader) {
  const [state, , group] = statusOf(pid);
  return group === leader && state !== 'Z' && state !== 'X';
}

/** The fields of a process after its name: state, parent, group and more; none where it has ended meanwhile. */
function statusOf(/** @type {string} */ pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return [];
  }
}
