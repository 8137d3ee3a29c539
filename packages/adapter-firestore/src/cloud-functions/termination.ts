/** The end of this process. The platform announces it by SIGTERM, and kills it about ten seconds later. */
import { setMaxListeners } from 'node:events';
import { Termination } from '@flowstate/core/delivery';

/** Requests under way are waited for so long, in ms. */
const GRACE_MS = 9000;

/** The end of the process that this module is in. */
export const termination = new Termination(process, GRACE_MS, (signal) => setMaxListeners(0, signal));
