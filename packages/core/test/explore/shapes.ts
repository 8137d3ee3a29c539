/** The states that an item may be in when an exploration begins: the ones that matter to the protocol. */
import { encode } from '../../src/codec.js';
import type { Row } from '../../src/platform/store.js';
import { SEALED } from '../../src/protocol/item-row.js';
import { clearKey, itemPartition, itemRowKey } from '../../src/protocol/layout.js';
import { TABLE } from './ideal.js';

export type Shape =
  | 'none'
  | 'open'
  | 'almost full'
  | 'sealed'
  | 'chain'
  | 'collected below'
  | 'tombstone'
  | 'stamped'
  | 'locked';

export const SHAPES: readonly Shape[] = [
  'none',
  'open',
  'almost full',
  'sealed',
  'chain',
  'collected below',
  'tombstone',
  'stamped',
  'locked',
];

interface Part {
  readonly i: number;
  /** Entries, or sealed. */
  readonly n: number | 'sealed';
  readonly value: unknown;
  readonly rev?: string;
  readonly lock?: string;
}

/** The value that an item of this shape holds. */
export function heldBy(shape: Shape): unknown {
  return shape === 'none' || shape === 'tombstone' || shape === 'stamped' ? undefined : ['old'];
}

/** The rows of an item of this shape. */
export function rowsOf(key: string, shape: Shape, entriesPerRow: number): Row[] {
  return partsOf(shape, entriesPerRow).map((part) => row(key, part, entriesPerRow));
}

function partsOf(shape: Shape, entriesPerRow: number): Part[] {
  const value = ['old'];
  const some = Math.min(1, entriesPerRow - 1);
  switch (shape) {
    case 'none':
      return [];
    case 'open':
      return [{ i: 0, n: some, value }];
    case 'almost full':
      return [{ i: 0, n: entriesPerRow - 1, value }];
    case 'sealed':
      return [{ i: 0, n: 'sealed', value }];
    case 'chain':
      return [
        { i: 0, n: 'sealed', value: ['older'] },
        { i: 1, n: some, value },
      ];
    case 'collected below':
      return [
        { i: 2, n: 'sealed', value: ['older'] },
        { i: 3, n: some, value },
      ];
    case 'tombstone':
      return [{ i: 0, n: some, value: undefined }];
    case 'stamped':
      return [{ i: 1, n: 0, value: undefined, rev: 'gone:1:g/1' }];
    case 'locked':
      return [{ i: 0, n: 'sealed', value, lock: 'owner#1' }];
  }
}

function row(key: string, part: Part, entriesPerRow: number): Row {
  const entries = part.n === 'sealed' ? entriesPerRow : part.n;
  const log = Object.fromEntries(Array.from({ length: entries }, (_, k) => [`old.${part.i}.${k}`, 'ok']));
  return {
    key: itemRowKey(itemPartition(TABLE.name, key), part.i),
    fields: {
      key: clearKey('key', key),
      ...(part.value === undefined ? {} : { value: encode(part.value) }),
      log,
      n: part.n === 'sealed' ? SEALED : part.n,
      rev: part.rev ?? `old.${part.i}.${entries - 1}`,
      life: 'old.life.0',
      ...(part.lock === undefined ? {} : { lockOwner: part.lock, lockAge: 1, lockBy: 'old.lock' }),
    },
  };
}
