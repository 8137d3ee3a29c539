/**
 * The size of a document as Firestore counts it (its documentation, "Storage size calculations"): text in UTF-8 and one byte
 * more, numbers 8 bytes, a name like a text, 32 bytes more for each document and map.
 */

import { StoreError } from '@flowstate/core/adapter';
import type { DocumentData } from '@google-cloud/firestore';

/** The service's own limit of a document, in bytes. */
export const DOCUMENT_BYTES_MAX = 1024 * 1024;
/** What is no field of a row: the document's name, its two places, the names of fields. Bytes. */
const AROUND_ROW_BYTES = 16 * 1024;
/** What a row may have, in bytes. */
export const ROW_BYTES_MAX = DOCUMENT_BYTES_MAX - AROUND_ROW_BYTES;

const MAP_BYTES = 32;
const NAME_BYTES = 16;

/** @throws StoreError STORE_LIMIT_EXCEEDED where Firestore would not take the document */
export function checkSize(path: string, data: DocumentData): void {
  const name = path.split('/').reduce((sum, segment) => sum + textBytes(segment), NAME_BYTES);
  const bytes = name + mapBytes(data);
  if (bytes > DOCUMENT_BYTES_MAX)
    throw new StoreError(
      'STORE_LIMIT_EXCEEDED',
      `Firestore: a document of ${bytes} bytes, the limit is ${DOCUMENT_BYTES_MAX}`,
    );
}

function mapBytes(data: DocumentData): number {
  let bytes = MAP_BYTES;
  for (const [name, value] of Object.entries(data)) bytes += textBytes(name) + valueBytes(value);
  return bytes;
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return textBytes(value);
  if (typeof value === 'object' && value !== null) return mapBytes(value);
  return typeof value === 'boolean' ? 1 : 8;
}

function textBytes(text: string): number {
  return Buffer.byteLength(text) + 1;
}
