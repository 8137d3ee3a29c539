/** A process with children of the suite, one of them frozen: made to be killed. Its environment names the store. */

import { LEDGER_VARIABLE, WORD_VARIABLE } from '../../src/platform/suite-functions.js';
import { childProcesses } from '../../src/platform.js';

const spawn = childProcesses({ module: new URL('store-of-children.ts', import.meta.url) });
const env = { [WORD_VARIABLE]: 'parent', [LEDGER_VARIABLE]: 'http://127.0.0.1:9/' };
const deployment = await spawn({ workers: 3, leaseMs: 500, env });
deployment.freeze('worker-2');
console.log('ready');
