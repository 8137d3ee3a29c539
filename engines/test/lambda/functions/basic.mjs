// Functions that each do one thing that can happen in a sandbox.
import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

let calls = 0;
let ticks = 0;

/** Says who it is: the same sandbox counts on. */
export const whoami = async (event, context) => {
  calls += 1;
  const remaining = context.getRemainingTimeInMillis();
  const { awsRequestId, functionName, functionVersion, invokedFunctionArn, clientContext } = context;
  const identity = { awsRequestId, functionName, functionVersion, invokedFunctionArn, clientContext };
  return { event, calls, pid: process.pid, remaining, ...identity };
};

export const environment = async () => process.env;

export const fails = async () => {
  throw new RangeError('out of stock');
};

export const exits = async ({ code }) => process.exit(code);

/** Fails outside of its promise. */
export const throwsLate = () => {
  setTimeout(() => {
    throw new TypeError('too late');
  });
  return new Promise(() => {});
};

export const hangs = async () => {
  console.log('hanging');
  await wait(60_000);
};

/** Hangs without giving the event loop a turn. */
export const spins = async () => {
  for (;;);
};

export const sleeps = async ({ ms }) => {
  console.log('sleeping');
  await wait(ms);
  return { slept: ms, pid: process.pid };
};

export const callback = (_event, _context, done) => {
  setTimeout(() => done(null, 'called back'), 5);
};

/** Answers with so many bytes of JSON. */
export const large = async ({ bytes }) => 'x'.repeat(bytes - 2);

/** Counts for as long as it is not frozen, and says how far it is. */
export const ticking = async () => {
  if (ticks === 0) setInterval(() => (ticks += 1), 5).unref();
  await wait(20);
  return ticks;
};

/** Starts a process of its own that would outlive it. */
export const spawns = async () => spawn('sleep', ['600'], { stdio: 'ignore' }).pid;
