/** A limit of our own, for drivers that go on trying for minutes and heed no signal meanwhile. */
import { processPlatform } from './default-platform.js';

/** A request was not answered in time; whether it was or will be carried out is not known. */
export class TimeOver extends Error {
  override readonly name = 'TimeOver';
}

/** What the request answers within so many milliseconds; then its signal is aborted. @throws TimeOver; what comes later is not heard */
export async function within<T>(ms: number, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const [ended, given] = [new AbortController(), new AbortController()];
  const late = processPlatform.wait(ms, ended.signal).then((): never => {
    throw new TimeOver(`no answer for ${ms} ms`);
  });
  const request = send(given.signal);
  try {
    return await Promise.race([request, late]);
  } finally {
    late.catch(() => undefined);
    request.catch(() => undefined);
    ended.abort();
    given.abort();
  }
}
