/** A limit of our own for requests of an SDK that has none shorter than ten minutes. */
import { processPlatform } from '@flowstate/core/adapter';

/** A request was not answered in time; whether it was or will be carried out is not known. */
export class TimeOver extends Error {
  override readonly name = 'TimeOver';
}

/** What the request answers within so many milliseconds. @throws TimeOver; what comes later is not heard */
export async function within<T>(ms: number, request: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = processPlatform.wait(ms, answered.signal).then((): never => {
    throw new TimeOver(`no answer for ${ms} ms, and the SDK goes on trying`);
  });
  try {
    return await Promise.race([request, late]);
  } finally {
    late.catch(() => undefined);
    request.catch(() => undefined);
    answered.abort();
  }
}
