/** Security rules, for databases that apps reach with Firebase's client SDKs as well. Pure. */
import { type CollectionNames, collectionsOf } from '../options.js';

/** What stands for itself in a path of the rules. */
const PLAIN = /^[A-Za-z0-9_-]+$/;

/**
 * Rules that let no client reach the two collections: a file of its own, or the part of yours in between. Functions are not
 * subject to rules: server SDKs pass by them, and IAM decides. @throws TypeError where a path is none, or one for which rules
 * have to be written by hand
 */
export function rules(names: CollectionNames = {}): string {
  const { runs, items } = collectionsOf(names);
  return `rules_version = '2';
service cloud.firestore {
  match /databases/{database}/documents {
    // Flowstate's rows: no client reads or writes them. Functions do, by a server SDK, which no rule concerns.
    // What any rule allows is allowed: no wider match of yours, such as /{document=**}, may allow what is denied here.
    match /${checked(runs)}/{document=**} {
      allow read, write: if false;
    }
    match /${checked(items)}/{document=**} {
      allow read, write: if false;
    }
  }
}
`;
}

function checked(path: string): string {
  if (path.split('/').every((segment) => PLAIN.test(segment))) return path;
  throw new TypeError(
    `firestore: ${JSON.stringify(path)} has other characters than letters, digits, _ and -: write its rule by hand`,
  );
}
