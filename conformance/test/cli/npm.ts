/** npm as a user runs it. */
import { type Ended, runProgram } from './command.js';

/** What npm says where it cannot reach its registry. */
export const UNREACHABLE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|network/i;

/** npm, without what an npm around it tells its scripts. */
export function npm(args: readonly string[], cwd: string): Promise<Ended> {
  const kept = /^npm_config_(registry|cache|userconfig|globalconfig)$/i;
  const names = Object.keys(process.env).filter((name) => /^(npm_|INIT_CWD)/i.test(name) && !kept.test(name));
  const without = names.flatMap((name) => ['-u', name]);
  return runProgram('env', [...without, 'npm', ...args], { cwd });
}
