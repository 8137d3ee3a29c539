import type { Platform } from '../platform/platform.js';
import {
  type Ending,
  FAULTS,
  type Fault,
  type FaultyPlatform,
  faultsOf,
  faulty,
  type PortRequest,
} from './faults.js';

/** What is tried under every fault. `P`: the platform below the faults, `T`: what the scenario answers. */
export interface FaultScenario<P extends Platform, T> {
  /** A fresh platform with fresh rows: called once for each case. */
  platform(): P | Promise<P>;
  /** One process: what it does must not depend on anything but its platform. */
  scenario(platform: Platform, below: P): Promise<T>;
  /** What the rest of the world does once the process ended, crashed or froze: it runs without faults. */
  recover?(below: P, ending: Ending<T>): Promise<unknown>;
  /** Throws where something is wrong. A frozen process was released before. */
  check(below: P, ending: Ending<T>): unknown;
  /** All of them, unless given. */
  faults?: readonly Fault[];
}

/** What {@link everyFault} tried. */
export interface FaultsTried {
  /** The requests of the run without a fault. */
  readonly requests: readonly PortRequest[];
  /** How many runs there were, that one included. */
  readonly runs: number;
}

/** A case of {@link everyFault} failed: the message names the request and the fault. */
export class FaultCaseFailed extends Error {
  override readonly name = 'FaultCaseFailed';
}

async function runCase<P extends Platform, T>(
  tested: FaultScenario<P, T>,
  at: { readonly request: number; readonly fault: Fault } | undefined,
): Promise<FaultyPlatform> {
  const below = await tested.platform();
  const process = faulty(below, at === undefined ? {} : { at });
  let ending = await process.run((platform) => tested.scenario(platform, below));
  await tested.recover?.(below, ending);
  if (ending.ended === 'frozen') ending = await ending.release();
  await tested.check(below, ending);
  return process;
}

function failed(what: string, cause: unknown): FaultCaseFailed {
  return new FaultCaseFailed(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}

/**
 * Runs a scenario without a fault to see its requests, then once for every request and every fault that means
 * something for it: recovery, then the check. @throws FaultCaseFailed on the first case that fails.
 */
export async function everyFault<P extends Platform, T>(tested: FaultScenario<P, T>): Promise<FaultsTried> {
  const process = await runCase(tested, undefined).catch((error: unknown) => {
    throw failed('without a fault', error);
  });
  const requests = [...process.requests];
  const wanted = tested.faults ?? FAULTS;
  let runs = 1;
  for (const [request, { method, about }] of requests.entries()) {
    for (const fault of faultsOf(method).filter((fault) => wanted.includes(fault))) {
      runs += 1;
      const met = await runCase(tested, { request, fault }).catch((error: unknown) => {
        throw failed(`${fault} at request ${request} (${about})`, error);
      });
      if (met.faults.length === 0) {
        throw new FaultCaseFailed(
          `${fault} at request ${request} (${about}) was not met: the scenario is not repeatable`,
        );
      }
    }
  }
  return { requests, runs };
}
