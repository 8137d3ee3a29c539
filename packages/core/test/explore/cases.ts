/**
 * What is explored in `npm test` (quick) and in `npm run explore` (long). Rows of one, two and three entries, for each size
 * hides other mistakes; pages of one row, so that no page shows two rows of one moment.
 */
import type { StoreKind } from '../../src/testing/index.js';
import type { Case } from './exploring.js';
import { PROGRAMS } from './programs.js';
import type { Tested } from './tested.js';

/** How much is explored. `quick`: two effects an execution at most, and one fault on the first shape. */
export type Depth = 'quick' | 'long';

const SIZES = [1, 2, 3];
/** States after which a case is cut, and said to be. */
const CUT: Readonly<Record<Depth, Readonly<Record<StoreKind, number>>>> = {
  quick: { conditional: 330_000, versioned: 260_000, bounded: 8_000 },
  long: { conditional: 1_500_000, versioned: 1_500_000, bounded: 1_500_000 },
};
const CUT_WIDE = 20_000;

/** The cases of one kind of store. */
export function casesOf(kind: StoreKind, depth: Depth): Case[] {
  return Object.entries(PROGRAMS).flatMap(([name, tested]) => [
    ...withoutFaults(name, tested, kind, depth),
    ...withFault(name, tested, kind, depth),
  ]);
}

function withoutFaults(name: string, tested: Tested, kind: StoreKind, depth: Depth): Case[] {
  const shapes = kind === 'conditional' || depth === 'long' ? tested.shapes : tested.shapes.slice(0, 2);
  const sizes =
    kind === 'conditional' || depth === 'long' || tested.executions[0] === 'called once' ? SIZES : [2];
  return tested.executions.flatMap((executions) =>
    shapes.flatMap((shape) =>
      sizes.map((entriesPerRow) =>
        caseOf(name, tested, { kind, depth, executions, shape, entriesPerRow, faults: 0 }),
      ),
    ),
  );
}

function withFault(name: string, tested: Tested, kind: StoreKind, depth: Depth): Case[] {
  if (tested.withoutFaults === true || (kind === 'bounded' && depth === 'quick')) return [];
  const sizes = depth === 'long' ? SIZES : [2];
  const shapes = depth === 'long' ? tested.shapes : tested.shapes.slice(0, 1);
  const [executions] = tested.executions;
  return shapes.flatMap((shape) =>
    sizes.map((entriesPerRow) =>
      caseOf(name, tested, { kind, depth, executions: executions!, shape, entriesPerRow, faults: 1 }),
    ),
  );
}

type Setting = Pick<Case, 'kind' | 'executions' | 'entriesPerRow' | 'faults'> & {
  readonly depth: Depth;
  readonly shape: Case['shapes'][string];
};

function caseOf(name: string, tested: Tested, setting: Setting): Case {
  const { depth, shape, ...rest } = setting;
  return {
    ...tested.program,
    ...rest,
    name,
    shapes: { a: shape, ...tested.others },
    ...(tested.deliveries === undefined ? {} : { deliveries: tested.deliveries }),
    statesMax:
      depth === 'quick' && tested.wide === true
        ? Math.min(CUT_WIDE, CUT.quick[rest.kind])
        : CUT[depth][rest.kind],
  };
}
