import { SIGNATURE_HEADER } from '@flowstate/core/http';

/** What is wrong with an impostor, as options of an invoker over HTTP. */
export interface HttpImpostor {
  readonly secret?: string;
  readonly fetch?: typeof fetch;
}

/** Those who may not send signed messages over HTTP, by what is wrong with them. */
export const HTTP_IMPOSTORS: Readonly<Record<string, HttpImpostor>> = {
  'somebody with another secret': { secret: 'a-secret-that-nobody-was-told' },
  'somebody who changes a message on its way': withBody((body) => `${body} `),
  'somebody who changes a letter of a message on its way': withBody(ofAnother),
  'somebody without a signature': withHeaders((headers) => headers.delete(SIGNATURE_HEADER)),
  'somebody who takes a call for a task': withHeaders((headers) => headers.set('prefer', 'flowstate-task')),
};

function withBody(change: (body: string) => string): HttpImpostor {
  return {
    fetch: (url, init) =>
      fetch(url, { ...init, body: change(new TextDecoder().decode(init?.body as Uint8Array)) }),
  };
}

function withHeaders(change: (headers: Headers) => void): HttpImpostor {
  return {
    fetch(url, init) {
      const headers = new Headers(init?.headers);
      change(headers);
      return fetch(url, { ...init, headers });
    },
  };
}

/** The message about another run, in as many bytes: not only the length of a message is signed. */
function ofAnother(body: string): string {
  return body.replace(
    /"(id|run)":"([^"]*)(.)"/,
    (_, name: string, start: string, last: string) => `"${name}":"${start}${last === '0' ? '1' : '0'}"`,
  );
}
