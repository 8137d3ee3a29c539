/** The slice of the conformance suite; `npm run conformance -- cosmos` runs the whole. */
import { conformance } from '@flowstate/conformance';
import { test } from 'vitest';
import harness from './harness.js';

conformance(harness, test, { command: 'npm run conformance -- cosmos' });
