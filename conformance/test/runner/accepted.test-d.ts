/** Compiles only where `test` of every runner is accepted as it is. */
import type nodeTest from 'node:test';
import type { test as jestTest } from '@jest/globals';
import type tapeTest from 'tape';
import type { test as vitestTest } from 'vitest';
import type { RegisterTest } from '../../src/index.js';

type Accepted<Test extends RegisterTest> = Test;

/** The four that are supported, and none that is no test. */
export type Runners = [
  Accepted<typeof vitestTest>,
  Accepted<typeof jestTest>,
  Accepted<typeof nodeTest>,
  Accepted<typeof tapeTest>,
  // @ts-expect-error: a function that takes no name registers no test
  Accepted<(count: number) => void>,
];
