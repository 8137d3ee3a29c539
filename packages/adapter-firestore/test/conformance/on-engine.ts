/** The adapter as the conformance suite sees it, on an engine of a chosen kind. */
import type { Address, Harness, Opened } from '@flowstate/conformance';
import { fieldKind, type Row, type Store } from '@flowstate/core/adapter';
import { type OnEngine, type StartOptions, start, whenNeeded } from '@flowstate/engines';
import { type DocumentData, Firestore } from '@google-cloud/firestore';
import { firestore } from '../../src/index.js';
import { spawnOnCloudFunctions } from './on-cloud-functions.js';
import { platform } from './platform.js';

interface Database extends OnEngine {
  url: string;
  /** Not the adapter's: another process would have it. */
  own: Firestore;
}

/**
 * After so many cases the harness moves on to another database: for each query the emulator looks at every document of a
 * collection, and at those that were deleted as well.
 */
const CASES_KEPT = 100;
/** What a request may take that the suite may have lost on purpose. */
const LOST_AFTER = '1500ms';
/** An object for the database at that URL; at another address where the suite's proxy is in between. */
export function objectOf(url: string, address?: Address): Firestore {
  const { hostname, port, pathname } = new URL(url);
  const { host, port: at } = address ?? { host: hostname, port };
  return new Firestore({
    projectId: pathname.slice(1),
    host: `${host}:${at}`,
    ssl: false,
    // The emulator's word for whoever may do anything; without credentials the SDK looks for those of this machine.
    customHeaders: { Authorization: 'Bearer owner' },
    credentials: { client_email: 'nobody@example.com', private_key: 'none' },
    // Connections are broken on purpose, thousands of them: the driver is not to wait long before it connects again.
    'grpc.initial_reconnect_backoff_ms': 20,
    'grpc.max_reconnect_backoff_ms': 200,
  });
}

/** A harness that starts its engine when it is first needed. */
export function firestoreHarness(name: string, options: StartOptions = {}): Harness {
  let cases = 0;
  const database = whenNeeded(async (): Promise<Database> => {
    const engine = await start('firestore', options);
    // Whatever host an object is given, the SDK goes to that one: past the suite's proxy.
    delete process.env.FIRESTORE_EMULATOR_HOST;
    const url = await engine.database();
    return { engine, url, own: objectOf(url) };
  });
  return {
    name,
    framing: 'http2',
    platform,
    skips: {
      'store/errors-unreachable':
        'the SDK repeats a commit by itself for up to ten minutes and tells of no try: of a write that nobody took it cannot be said that it was not applied (test/unreachable.test.ts has what is said)',
    },
    engine: database.version,
    missing: database.missing,
    async open({ entriesPerRow, address }) {
      const here = await database();
      const chosen = entriesPerRow === undefined ? {} : { entriesPerRow };
      if (address !== undefined)
        return following(here, (url) => {
          const db = objectOf(url, address);
          // Left to the end of the process: the SDK goes on with what was given up, and of a try that finds its object terminated
          // it lets an error go that nobody can catch.
          return {
            store: firestore({ db, timeout: LOST_AFTER, ...chosen }),
            close: async () => undefined,
          };
        });
      return following(here, (url) => {
        const db = objectOf(url);
        return { store: firestore({ db, ...chosen }), close: () => db.terminate() };
      });
    },
    async forget() {
      cases += 1;
      if (cases % CASES_KEPT !== 0) return;
      const here = await database();
      await here.own.terminate();
      here.url = await here.engine.database();
      here.own = objectOf(here.url);
    },
    close: () => database.end(({ own }) => own.terminate()),
    async rawRows({ table, partition }) {
      const { own } = await database();
      const all = own
        .collection(`flowstate-${table}`)
        .orderBy('at')
        .startAt(`${partition}#`)
        .endBefore(`${partition}$`);
      const { docs } = await all.get();
      return docs.map((document) => rawRow(table, partition, document.data()));
    },
    async spawn(asked) {
      return spawnOnCloudFunctions((await database()).url, asked);
    },
    proxyTarget: () => database.address(),
  };
}

/** A client that moves on from one database to the next with its harness. */
function following(here: OnEngine, clientAt: (url: string) => Opened): Opened {
  let at = { url: here.url, client: clientAt(here.url) };
  const store = (): Store => {
    if (at.url !== here.url) {
      void at.client.close();
      at = { url: here.url, client: clientAt(here.url) };
    }
    return at.client.store;
  };
  return {
    store: {
      traits: at.client.store.traits,
      read: (key) => store().read(key),
      query: (query) => store().query(query),
      list: (list) => store().list(list),
      write: (write, options) => store().write(write, options),
    },
    close: () => at.client.close(),
  };
}

function rawRow(table: Row['key']['table'], partition: string, data: DocumentData): Row {
  const known = Object.entries(data).filter(([field]) => fieldKind(table, field) !== undefined);
  const sort = String(data.at).slice(partition.length + 1);
  return { key: { table, partition, sort }, fields: Object.fromEntries(known) };
}
