/** Processes at work on a database that is killed; `npx flowstate-conformance` on the harness runs the whole suite on its files. */
import { conformance } from '@flowstate/conformance';
import { test } from 'vitest';
import harness from './harness.js';

conformance(harness, test, { only: ['process'] });
