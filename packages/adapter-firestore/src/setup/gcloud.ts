/** The indexes as commands of the Google Cloud CLI. Pure. */
import type { CollectionNames } from '../options.js';
import { type FieldOverride, indexes } from './indexes.js';

/** What `gcloud` takes. */
export interface GcloudOptions extends CollectionNames {
  /** Default `(default)`. */
  readonly database?: string;
  /** Default: the one that the CLI is set to. */
  readonly project?: string;
}

/**
 * One command a field, for a shell: what `indexes` says. They may be repeated. @throws TypeError where a path is none, or both
 * end alike
 */
export function gcloud({ database = '(default)', project, ...names }: GcloudOptions = {}): string {
  const where = [`--database=${database}`, ...(project === undefined ? [] : [`--project=${project}`])];
  const lines = indexes(names).fieldOverrides.map((override) =>
    ['gcloud', 'firestore', 'indexes', 'fields', 'update', ...wordsOf(override), ...where]
      .map(shellWord)
      .join(' '),
  );
  return `${lines.join('\n')}\n`;
}

function wordsOf({ collectionGroup, fieldPath, indexes }: FieldOverride): string[] {
  const how =
    indexes.length === 0
      ? ['--disable-indexes']
      : indexes.map(({ order }) => `--index=order=${order.toLowerCase()}`);
  return [fieldPath, `--collection-group=${collectionGroup}`, ...how];
}

/** A word as every shell takes it. */
function shellWord(word: string): string {
  return /^[A-Za-z0-9_./=:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
