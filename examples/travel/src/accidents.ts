/** Accidents of workers: each is noted in the story when it happened. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Worker } from '@flowstate/engines';
import { LEASE_MS } from './lease.js';
import type { Accident, Planned } from './plan.js';
import type { Story } from './story.js';

const LOOK_MS = 3;
/** Longer than the lease: others take over what a frozen worker was doing, and then it goes on. */
const FROZEN_MS = 2 * LEASE_MS;

/** Lets an accident happen; resolves when it has. Aborted: nothing happens any more. */
export async function happen(
  story: Story,
  { kind, pick }: Pick<Planned, 'kind' | 'pick'>,
  signal: AbortSignal,
): Promise<void> {
  switch (kind) {
    case 'now':
      return kill(story, await busyWorker(story, pick, signal));
    case 'freeze':
      return freeze(story, await busyWorker(story, pick, signal));
    case 'time out':
      return timeOut(story, await busyWorker(story, pick, signal), signal);
    case 'after the charge':
      return killAfterCharge(story, signal);
    case 'before the answer':
      return killed(story, await story.world.deployment.killBeforeAnswer('reserve', signal), kind);
  }
}

/** Kills a worker now. */
export async function kill(story: Story, worker: string): Promise<void> {
  killed(story, await story.world.deployment.kill(worker), 'now');
}

async function killAfterCharge(story: Story, signal: AbortSignal): Promise<void> {
  const { deployment, provider } = story.world;
  for (;;) {
    const { worker } = await provider.nextCharge(signal);
    try {
      // One that died before its charge arrived is not there any more: the next charge is as good.
      const there = deployment.workers().find((each) => isCalled(each, worker) && each.state === 'running');
      if (there !== undefined) return killed(story, await deployment.kill(there.name), 'after the charge');
    } finally {
      await provider.release();
    }
  }
}

/** Where a platform tells a process no name of its own, it calls itself by its number. */
function isCalled({ name, pid }: Worker, word: string): boolean {
  return name === word || String(pid) === word;
}

function killed(story: Story, worker: string, kind: Accident): void {
  story.kills += 1;
  story.note(worker, kind === 'now' ? 'killed' : `killed right ${kind}`);
}

async function freeze(story: Story, worker: string): Promise<void> {
  const { deployment } = story.world;
  deployment.freeze(worker);
  story.note(worker, 'frozen');
  await wait(FROZEN_MS);
  deployment.thaw(worker);
  story.note(worker, 'thawed');
}

/** Stops a worker until its platform has lost patience. */
async function timeOut(story: Story, worker: string, signal: AbortSignal): Promise<void> {
  const { deployment } = story.world;
  // Its successor may have its name.
  const processOf = ({ name, pid }: Worker) => (name === worker ? pid : undefined);
  const hanging = deployment.workers().map(processOf).find(Boolean);
  deployment.freeze(worker);
  story.note(worker, 'hangs');
  while (deployment.workers().map(processOf).includes(hanging)) await wait(LOOK_MS, undefined, { signal });
  story.note(worker, 'ended by its time-out');
}

/** A worker in the middle of something: an accident of an idle one would prove nothing. */
async function busyWorker(story: Story, pick: number, signal: AbortSignal): Promise<string> {
  for (;;) {
    signal.throwIfAborted();
    const busy = story.world.deployment
      .workers()
      .filter((worker) => worker.state === 'running' && worker.busy > 0);
    const chosen = busy[Math.floor(pick * busy.length)];
    if (chosen !== undefined) return chosen.name;
    await wait(LOOK_MS);
  }
}
