/** Every workload there is. Adding one is adding a file, and a line here. */
import { branches } from './branches.js';
import { chain } from './chain.js';
import { counter } from './counter.js';
import { fanOut } from './fan-out.js';
import { items, itemsInFullRows } from './items.js';
import { ring } from './ring.js';
import { steps } from './steps.js';
import { travel } from './travel.js';
import type { Workload } from './workload.js';

/** All of them. Two that have one root are one program in rows of different sizes. */
export const WORKLOADS: readonly Workload[] = [
  counter,
  ring,
  chain,
  fanOut,
  travel,
  items,
  itemsInFullRows,
  steps,
  branches,
];
