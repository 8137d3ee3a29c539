// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Queues whose listing forgets rows, or invents them. */

const EXPRESSIONS = 'src/expressions.ts';
const LISTING = 'core/platform/sharded-list.ts';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const LISTS = [
  {
    id: 'one shard',
    what: 'of each table only the first shard is listed',
    source: 'usual sin: sharded writes, unsharded reads',
    laws: ['store/list'],
    patches: [{ file: LISTING, find: '{ length: count },', put: '{ length: 1 },' }],
  },
  {
    id: 'not moved',
    what: 'a row that changes its queue stands in the index under the old one',
    source: 'usual sin: an index attribute that is written with the row alone',
    laws: ['store/list'],
    patches: [
      {
        file: EXPRESSIONS,
        find: "return [...changes, { change: 'set', path, value: queueShard(String(queue.value), key.partition, shards) }];",
        put: 'return changes;',
      },
    ],
  },
  {
    id: 'shard forgotten',
    what: 'a shard of which a page took nothing is not asked for the next',
    source: 'usual sin: next keeps only what was begun',
    laws: ['store/list-pages'],
    patches: [
      {
        file: LISTING,
        find: 'place ?? (place === null ? 0 : 1)',
        put: 'place ?? 0',
      },
    ],
  },
  {
    id: 'ties skipped',
    what: 'a page goes on behind the last moment, past other rows that are due then',
    source: 'usual sin: list without tie-break',
    laws: ['store/list-pages'],
    patches: [
      {
        file: EXPRESSIONS,
        find: "${aliases.name('due')} <= ${aliases.value(until)}`;\n",
        put: `\${aliases.name('due')} BETWEEN \${aliases.value(from)} AND \${aliases.value(Math.max(from, until))}\`;\n`,
      },
      {
        file: EXPRESSIONS,
        find: 'until: number, after: Item | undefined) {\n  const aliases = new Aliases();\n',
        put: 'until: number, after: Item | undefined) {\n  const aliases = new Aliases();\n  const from = after?.due === undefined ? 0 : Number(after.due.N) + 0.5;\n',
      },
      {
        file: EXPRESSIONS,
        find: '    ...(after === undefined ? {} : { ExclusiveStartKey: after }),\n',
        put: '',
      },
    ],
  },
  {
    id: 'shard ended too early',
    what: 'a shard is at its end where the service has no more, though not all that it gave was taken',
    source: 'usual sin: LastEvaluatedKey alone ends a listing',
    laws: ['store/list-pages'],
    patches: [
      {
        file: LISTING,
        find: 'if (places.length === 0 || places.at(-1) === shard.place) shard.place = end;',
        put: 'if (end === null || places.length === 0 || places.at(-1) === shard.place) shard.place = end;',
      },
    ],
  },
];
