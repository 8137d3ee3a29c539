// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Processes that are killed and frozen: their store, their door, or their core is another one. */

const WORKER = 'test/conformance/worker.mjs';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const PROCESSES = [
  {
    id: 'written behind',
    what: 'a process answers a write at once, and makes it a moment later',
    source: 'usual sin: acknowledged before it is durable',
    laws: ['process/killed'],
    patches: [
      {
        file: WORKER,
        find: '  store: postgres({ pool, entriesPerRow: 4 }),\n',
        put: `  store: await (async (store) => {
    const { effectOf } = await import('@flowstate/core/adapter');
    let behind = Promise.resolve();
    return {
      ...store,
      read: (key) => behind.then(() => store.read(key)),
      query: (query) => behind.then(() => store.query(query)),
      async write(write, options) {
        await behind;
        const there = await store.read(write.key);
        const left = effectOf(there?.fields, write);
        if (left === 'refused') return store.write(write, options);
        behind = new Promise((resolve) => setTimeout(resolve, 50)).then(() => store.write(write)).then(() => {}, told);
        return { applied: true, ...(options?.returning && left !== null ? { row: { key: write.key, fields: left } } : {}) };
      },
    };
  })(postgres({ pool, entriesPerRow: 4 })),
`,
      },
    ],
  },
  {
    id: 'order without its key',
    what: 'a process forgets the key under which an order came',
    source: 'docs/ADAPTERS.md: the id is the caller’s idempotency key; study 2.2 #14',
    laws: ['process/killed-before-answer'],
    patches: [
      {
        file: WORKER,
        find: "await serve(http.app(flow, { secret: SECRET, functions, wait: '2s', onError: told }));",
        put: `await serve(
  ((handle) => (request) => {
    const headers = new Headers(request.headers);
    headers.delete('idempotency-key');
    return handle(new Request(request, { headers, duplex: 'half' }));
  })(http.app(flow, { secret: SECRET, functions, wait: '2s', onError: told })),
);`,
      },
    ],
  },
  {
    id: 'callee by chance',
    what: 'who executes a run again calls another callee',
    source: 'runs C6',
    laws: ['process/killed', 'process/frozen'],
    patches: [
      {
        file: 'core/operations/call-operations.ts',
        find: 'return calleeId(pass.intent.run, pass.intent.nonce, operation.path);',
        put: 'return calleeId(pass.by, pass.intent.nonce, operation.path);',
      },
    ],
  },
];
