/** Firestore: the store port over your own Firestore object. */
export { type FirestoreOptions, firestore } from './store.js';
