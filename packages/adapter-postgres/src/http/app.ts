/** All routes of one flow behind one fetch handler. */
import type { Flow } from '@flowstate/core/adapter';
import {
  answerError,
  answeringStatus,
  checkMethod,
  collector,
  Entry,
  type EntryOptions,
  type FetchHandler,
  messages,
  Refusal,
  type Secret,
  type ShownRun,
  type Signer,
  signerOf,
  statusSignature,
  toConsole,
} from '@flowstate/core/http';
import { Hono } from 'hono';

/** Options of {@link app}. */
export interface HttpAppOptions extends EntryOptions {
  /** Signs messages between functions and the addresses of statuses; several during an exchange. */
  readonly secret: Secret;
  /** What schedulers send as a bearer token to the collector. Default: the secret. */
  readonly collectorSecret?: Secret;
  /** The functions that anybody may POST to, as your own authentication lets them. Default: none. */
  readonly functions?: readonly { readonly name: string }[];
  /** Where the routes begin, such as `/api`. Default: at the root. */
  readonly basePath?: string;
  /** The largest message of another function, in bytes. Default 16 MiB. */
  readonly messageBytesMax?: number;
}

/**
 * `POST /functions/:name`, `POST /flowstate/messages`, `POST /flowstate/collect`, `GET /flowstate/runs/:name/:id`.
 * @throws TypeError without a secret, or for a function of another flow
 */
export function app(flow: Flow, options: HttpAppOptions): FetchHandler {
  const {
    secret,
    collectorSecret = secret,
    timeout,
    shutdown,
    onError = toConsole,
    messageBytesMax,
    functions = [],
  } = options;
  const signer = signerOf('http.app', secret);
  const shared = {
    onError,
    ...(timeout === undefined ? {} : { timeout }),
    ...(shutdown === undefined ? {} : { shutdown }),
  };
  const entries = entriesOf(flow, functions, options, signer);
  const receive = messages(flow, {
    secret,
    ...shared,
    ...(messageBytesMax === undefined ? {} : { bodyBytesMax: messageBytesMax }),
  });
  const collect = collector(flow, { secret: collectorSecret, onError });
  const refuse = (refusal: Refusal): Response => answerError(refusal, undefined, onError);

  const routes = new Hono().basePath(options.basePath ?? '/');
  routes.all('/functions/:name', ({ req }) => {
    const name = req.param('name');
    return (
      entries.get(name)?.answer(req.raw) ??
      refuse(new Refusal('FUNCTION_UNKNOWN', `function "${name}" is not offered here`))
    );
  });
  routes.all('/flowstate/messages', ({ req }) => receive(req.raw));
  routes.all('/flowstate/collect', ({ req }) => collect(req.raw));
  routes.all('/flowstate/runs/:name/:id', ({ req }) => {
    try {
      checkMethod(req.raw, 'GET');
    } catch (error) {
      return answerError(error, undefined, onError);
    }
    const run = { flow, name: req.param('name'), id: req.param('id') };
    return answeringStatus(signer, run, req.query('signature') ?? '', onError);
  });
  routes.notFound(() => refuse(new Refusal('HTTP_ROUTE', 'nothing is answered at this path')));
  routes.onError((error) => answerError(error, undefined, onError));
  return async (request) => routes.fetch(request);
}

function entriesOf(
  flow: Flow,
  functions: readonly { readonly name: string }[],
  options: EntryOptions,
  signer: Signer,
): ReadonlyMap<string, Entry<unknown, unknown>> {
  const address = async (run: ShownRun): Promise<string> => {
    const path = [run.name, run.id].map(encodeURIComponent).join('/');
    return `../flowstate/runs/${path}?signature=${await statusSignature(signer, run)}`;
  };
  return new Map(
    functions.map(({ name }) => {
      if (!flow.functions().includes(name))
        throw new TypeError(`http.app: function "${name}" is not registered in flow "${flow.name}"`);
      return [name, new Entry<unknown, unknown>(flow, name, options, address)];
    }),
  );
}
