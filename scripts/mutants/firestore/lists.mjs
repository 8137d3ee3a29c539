// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Queues whose listing forgets rows, or invents them. */

const STORE = 'src/store.ts';
const DOCUMENTS = 'src/documents.ts';
const PLACES = 'core/platform/queue-place.ts';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const LISTS = [
  {
    id: 'stays listed',
    what: 'a row that leaves its queue stands in the index as before',
    source: 'usual sin: a field that nobody deletes',
    laws: ['store/list'],
    patches: [
      {
        file: DOCUMENTS,
        find: '.filter((name) => !Object.hasOwn(wanted, name)),',
        put: '.filter((name) => !Object.hasOwn(wanted, name) && name !== LOOKED_FOR.list),',
      },
    ],
  },
  {
    id: 'not moved',
    what: 'a row that changes its queue, or is due at another time, stands in the index at its old place',
    source: 'usual sin: an index field that is written with the row alone',
    laws: ['store/list'],
    patches: [
      {
        file: DOCUMENTS,
        find: '.filter(([name, value]) => !isSame(old[name], value));',
        put: '.filter(([name, value]) => !isSame(old[name], value) && (name !== LOOKED_FOR.list || old[name] === undefined));',
      },
    ],
  },
  {
    id: 'order of digits',
    what: 'moments stand in the index as their digits, however many',
    source: 'usual sin: an order of texts',
    laws: ['store/list'],
    patches: [{ file: PLACES, find: ".padStart(DIGITS, '0')", put: '' }],
  },
  {
    id: 'ties skipped',
    what: 'a page goes on behind the last moment, past other rows that are due then',
    source: 'usual sin: list without tie-break',
    laws: ['store/list-pages'],
    patches: [
      {
        file: PLACES,
        find: 'shardAt(queue, shard) : listedAt(queue, shard, after),',
        put: 'shardAt(queue, shard) : `${dueAt(queue, shard, after[0])}${BEHIND}`,',
      },
    ],
  },
  {
    id: 'until ignored',
    what: 'rows are listed before they are due',
    source: 'usual sin: the bound forgotten',
    laws: ['store/list'],
    patches: [
      {
        file: PLACES,
        find: '`${dueAt(queue, shard, until)}${BEHIND}`',
        put: '`${queue}${SEPARATOR}${until < 0 ? 0 : shard}${BEHIND}`',
      },
    ],
  },
  {
    id: 'full shard is the last',
    what: 'a shard is at its end, however full its page is',
    source: 'usual sin: page limit off by one',
    laws: ['store/list-pages'],
    patches: [
      {
        file: STORE,
        find: 'end: places.length < limit ? null : (places.at(-1) ?? null) };',
        put: 'end: null };',
      },
    ],
  },
];
