/** Firestore, from the best source at hand. */
import { firestoreHarness } from './on-engine.js';

export default firestoreHarness('firestore');
