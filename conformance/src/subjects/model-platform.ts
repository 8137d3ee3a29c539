/** A function platform in memory, correct in all: what platform laws are tried on, and what broken platforms are made of. */
import type { CollectorHarness, PlatformHarness } from '../platform/platform-harness.js';
import type { Broken, ModelFault } from './model-faults.js';
import { modelInvoker } from './model-invoker.js';
import { MODEL_SECRET, queueTrigger, requestTrigger } from './model-triggers.js';

export { MODEL_FAULTS, type ModelFault } from './model-faults.js';

/** The model platform, broken in the ways that are given: in none, it keeps every law. */
export function modelPlatform(...faults: readonly ModelFault[]): PlatformHarness {
  const set: ReadonlySet<ModelFault> = new Set(faults);
  const broken: Broken = (fault) => set.has(fault);
  return {
    name: 'model',
    triggers: [
      queueTrigger('queue', 'each', broken),
      queueTrigger('stream', 'rest', broken),
      queueTrigger('notification', 'whole', broken),
      requestTrigger(broken),
    ],
    invoker: modelInvoker(broken),
    collector: modelCollector(broken),
    secrets: [MODEL_SECRET],
  };
}

function modelCollector(broken: Broken): CollectorHarness {
  return {
    async deliver(flow) {
      if (!broken('collector-does-nothing')) await flow.collect();
    },
    impostors: {
      async 'somebody without the secret'(flow) {
        if (broken('anybody-may-collect')) await flow.collect();
      },
    },
  };
}
