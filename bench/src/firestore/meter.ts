/** Counts, where the SDK sends its requests, the documents that they read and write. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Firestore } from '@google-cloud/firestore';
import type { Documents } from './prices.js';

/** A Firestore object whose requests are counted. */
export interface Meter {
  readonly db: Firestore;
  /** What was read, written and sent since the last time. */
  take(): Documents;
}

/** Where all requests of the SDK pass by: one answer, or a stream of them. */
interface Driver {
  request(method: string, message: object, ...more: unknown[]): Promise<unknown>;
  requestStream(
    method: string,
    bidirectional: boolean,
    message: object,
    ...more: unknown[]
  ): Promise<NodeJS.EventEmitter>;
}

interface CommitRequest {
  readonly writes?: readonly { readonly delete?: string | null }[];
}

const NOTHING: Documents = { reads: 0, writes: 0, deletes: 0, refused: 0, requests: 0, writeBytes: 0 };

/** Meters an object of its own. */
export function meterOf(url: string): Meter {
  const db = objectOf(url);
  const sum = { ...NOTHING };
  // What the SDK's types leave out.
  const driver = db as Firestore & Driver;
  const [request, requestStream] = [driver.request.bind(db), driver.requestStream.bind(db)];
  driver.request = async (method, message, ...more) => {
    if (method !== 'commit') throw new Error(`the meter does not know what a ${method} costs`);
    const { writes = [] } = message as CommitRequest;
    const deletes = writes.filter((write) => typeof write.delete === 'string').length;
    sum.requests += 1;
    sum.deletes += deletes;
    sum.writes += writes.length - deletes;
    sum.writeBytes += commitBytes(message);
    try {
      return await request(method, message, ...more);
    } catch (error) {
      sum.refused += writes.length;
      throw error;
    }
  };
  driver.requestStream = async (method, bidirectional, message, ...more) => {
    sum.requests += 1;
    const answers = await requestStream(method, bidirectional, message, ...more);
    const count = readsOf(method);
    let documents = 0;
    answers.on('data', (answer: object) => {
      if (count.isDocument(answer)) documents += 1;
    });
    answers.once('end', () => {
      sum.reads += Math.max(documents, count.least);
    });
    return answers;
  };
  return {
    db,
    take() {
      const taken = { ...sum };
      Object.assign(sum, NOTHING);
      return taken;
    },
  };
}

interface Reads {
  isDocument(answer: object): boolean;
  readonly least: number;
}

function readsOf(method: string): Reads {
  if (method === 'batchGetDocuments')
    return { isDocument: (answer) => isIn(answer, 'found') || isIn(answer, 'missing'), least: 0 };
  // A query that finds nothing is billed as one read.
  if (method === 'runQuery') return { isDocument: (answer) => isIn(answer, 'document'), least: 1 };
  throw new Error(`the meter does not know what a ${method} costs`);
}

function isIn(answer: object, field: string): boolean {
  return (answer as Record<string, unknown>)[field] != null;
}

/** An object for an engine's URL, which ends with the project. */
export function objectOf(url: string): Firestore {
  const { host, pathname } = new URL(url);
  return new Firestore({
    projectId: pathname.slice(1),
    host,
    ssl: false,
    // The emulator's word for whoever may do anything.
    customHeaders: { Authorization: 'Bearer owner' },
    credentials: { client_email: 'nobody@example.com', private_key: 'none' },
  });
}

/** The protocol's messages: the SDK brings their description and what writes them along, and exports neither. */
interface Protobuf {
  readonly Root: { fromJSON(description: unknown): { lookupType(name: string): MessageType } };
}
interface MessageType {
  fromObject(message: object): object;
  encode(message: object): { finish(): Uint8Array };
}
const manifest = createRequire(import.meta.url).resolve('@google-cloud/firestore/package.json');
const ofSdk = createRequire(manifest);
const { protobuf } = ofSdk('google-gax') as { protobuf: Protobuf };
const protocol = protobuf.Root.fromJSON(ofSdk(join(dirname(manifest), 'build/protos/v1.json')));
const commitType = protocol.lookupType('google.firestore.v1.CommitRequest');

function commitBytes(message: object): number {
  return commitType.encode(commitType.fromObject(message)).finish().length;
}
