/**
 * The unsafe variants that the explorations must notice: those of the verified specifications that touch what is built, by
 * their names there, and every mistake that was found since. Each is one change of the source text, which must fit exactly
 * once: a mutant that no longer fits fails the run, as one that survives does.
 */

/**
 * @typedef {object} Mutant
 * @property {string} id
 * @property {string} what
 * @property {string} file below packages/core/src
 * @property {string} find
 * @property {string} put
 * @property {readonly string[]} programs the explorations that are known to notice it, quickest first
 * @property {readonly string[]} [laws] laws of the suite that are known to notice it as well, on a suite beside the core with the change
 * @property {string} [source] where the mistake is known from: the specifications, unless given
 * @property {number} [states] how far to explore where the usual bound is too near
 * @property {readonly ('conditional' | 'versioned' | 'bounded')[]} [kinds] conditional unless given
 */

const DAAL = 'protocol/linked-daal.ts';

/** @type {readonly Mutant[]} */
const ITEMS = [
  {
    id: 'D1',
    what: 'a hint learnt after the intent was made is used',
    file: 'protocol/tail-hints.ts',
    find: 'if (wonAt === undefined || hint.since > wonAt) return undefined;',
    put: 'if (wonAt === undefined) return undefined;',
    programs: ['write another, then this'],
    states: 300_000,
  },
  {
    id: 'D2',
    what: 'a hint is used by an execution that did not win',
    file: 'protocol/tail-hints.ts',
    find: 'if (wonAt === undefined || hint.since > wonAt) return undefined;',
    put: 'if (hint.since > (wonAt ?? hint.since)) return undefined;',
    programs: ['write', 'write the same twice'],
  },
  {
    id: 'D3',
    what: 'an ascending query starts at the greatest row',
    file: 'protocol/item-search.ts',
    find: 'if (startIsOpen) continue;',
    put: '',
    programs: ['write', 'update'],
  },
  {
    id: 'D4',
    what: 'compare-and-set without the revision',
    file: DAAL,
    find: "{ test: 'equals', path: 'rev', value: row.rev },",
    put: '',
    programs: ['update'],
    laws: ['flow/linearizable-items'],
  },
  {
    id: 'D5',
    what: 'the successor is made without the lock',
    file: 'protocol/item-row.ts',
    find: "  'lockOwner',\n  'lockAge',\n  'lockBy',\n  'lockHome',\n  'lockOuter',\n",
    put: '',
    programs: ['write', 'update'],
  },
  {
    id: 'D6',
    what: 'a refused create of the successor is taken as own',
    file: DAAL,
    find: '    if (result.applied) return this.doneIn(i, outcome, result.row);\n    return this.refusedBy(i, result.row);\n  }\n\n  /** Looks at every row',
    put: '    return this.doneIn(i, outcome, undefined);\n  }\n\n  /** Looks at every row',
    programs: ['update', 'write'],
    laws: ['flow/requests-per-operation'],
  },
  {
    id: 'D7',
    what: 'the token is looked for before the blind write, not in it',
    file: DAAL,
    find: "          { test: 'missing', path: ['log', this.token] },\n          { test: 'below', path: 'n', value: softLimit",
    put: "          { test: 'below', path: 'n', value: softLimit",
    programs: ['write'],
    laws: ['crash/single-faults'],
  },
  {
    id: 'D8',
    what: 'a false is told, not recorded',
    file: DAAL,
    find: '    const n = this.countWith(row.log, outcome);\n    const result',
    put: "    if (outcome === false) return { to: 'done', i: row.i, life: row.life, outcome, seen: row.row };\n    const n = this.countWith(row.log, outcome);\n    const result",
    programs: ['condWrite, then act on it'],
    laws: ['crash/duplicates'],
  },
  {
    id: 'D9',
    what: 'a plain read trusts a remembered sealed row',
    file: 'protocol/plain-read.ts',
    find: 'if (!isSealed(tail)) return tail;',
    put: 'return tail;',
    programs: ['reads in order'],
    laws: ['flow/linearizable-items'],
  },
  {
    id: 'D10',
    what: 'parallel branches share the position',
    file: 'run/scope.ts',
    find: 'new Map(this.positions)',
    put: 'this.positions',
    programs: ['branches that meet at an item'],
    states: 300_000,
  },
  {
    id: 'D30',
    what: 'a false by a stale read is recorded without the revision',
    file: DAAL,
    find: "{ test: 'equals', path: 'rev', value: row.rev },",
    put: "...(outcome === false ? [] : [{ test: 'equals', path: 'rev', value: row.rev }]),",
    programs: ['condWrite if nothing is there'],
    laws: ['flow/interleavings'],
    kinds: ['bounded'],
    states: 300_000,
  },
];

/** @type {readonly Mutant[]} */
const RUNS = [
  {
    id: 'L1',
    what: 'the effect comes before the record',
    file: 'operations/item-operations.ts',
    find: '  await pass.flush();\n  const { run, nonce } = pass.intent;\n  const from = pass.position(scope, item);\n  const done = await pass.guard(\n    perform(pass.requests, item, token(run, nonce, operation.path), effect, from),\n  );\n',
    put: '  const { run, nonce } = pass.intent;\n  const from = pass.position(scope, item);\n  const done = await pass.guard(\n    perform(pass.requests, item, token(run, nonce, operation.path), effect, from),\n  );\n  await pass.flush();\n',
    programs: ['read, perhaps write', 'read, branch, write'],
    laws: ['crash/zombies'],
  },
  {
    id: 'L2',
    what: 'no record before the effect',
    file: 'operations/item-operations.ts',
    find: '  await pass.flush();\n  const { run, nonce }',
    put: '  const { run, nonce }',
    programs: ['read, branch, write'],
    laws: ['crash/duplicates'],
  },
  {
    id: 'L3',
    what: 'the loser of a record goes on with its own values',
    file: 'protocol/run-log.ts',
    find: "if (row?.fields.by !== this.by) return 'lost';",
    put: '',
    programs: ['read, branch, write'],
    laws: ['flow/interleavings'],
  },
  {
    id: 'L5',
    what: 'the completion leaves pending reads unrecorded',
    file: 'run/execution.ts',
    find: "    if ((await log.flush()) === 'lost') return 'restart';\n    for (;;) {\n      const keptUntil",
    put: '    for (;;) {\n      const keptUntil',
    programs: ['read, perhaps write'],
  },
  {
    id: 'L10',
    what: 'the own trace is that of the process, not of the pass',
    file: 'run/execution.ts',
    find: 'const { intent, by } = begun;',
    put: 'const { intent } = begun;\n    const by = (this as unknown as { firstBy?: string }).firstBy ??= begun.by;',
    programs: ['read, branch, write'],
  },
  {
    id: 'B6',
    what: 'an effect does not wait for a flush under way, whose batch is pending no more for it',
    file: 'protocol/run-log.ts',
    find: "        if ((await this.flushing) === 'lost') return 'lost';",
    put: "        return 'recorded';",
    programs: ['a read, then branches that write'],
    laws: ['flow/interleavings'],
  },
  {
    id: 'two flushers',
    what: 'of two who wait for a put, both begin the next: the same batch under two numbers, then a gap',
    file: 'protocol/run-log.ts',
    find: '        this.flushing = this.put(this.nextBatch()).finally(() => {\n          this.flushing = undefined;\n        });',
    put: "        this.flushing = this.put(this.nextBatch());\n        const result = await this.flushing.finally(() => {\n          this.flushing = undefined;\n        });\n        if (result === 'lost') return 'lost';\n        await Promise.resolve();\n        if (this.pending.length > 0) { this.flushing = undefined; continue; }",
    programs: ['branches that both flush'],
  },
  {
    id: 'B7',
    what: 'all throws the first error in time',
    file: 'operations/branch-operations.ts',
    find: 'results[index] = await run(index);',
    put: 'const result = await run(index);\n      results.push(result);',
    programs: ['branches that throw'],
    laws: ['flow/interleavings'],
  },
  {
    id: 'S1',
    what: 'the body of a step comes before the record',
    file: 'operations/step-operations.ts',
    find: '    await pass.flush();\n    await scope.allIssued();\n    const outcome',
    put: '    await scope.allIssued();\n    const outcome',
    programs: ['charge what was read'],
  },
  {
    id: 'S2',
    what: 'the mark of a step that must not be repeated is not looked for',
    file: 'operations/step-operations.ts',
    find: '  if (pass.recorded(mark) !== undefined) return true;\n',
    put: '',
    programs: ['charge at most once'],
    laws: ['crash/zombies'],
  },
  {
    id: 'group overtaken',
    what: 'of operations issued together, the one that ends last is overtaken by those before it',
    file: 'run/scope.ts',
    find: '      queueMicrotask(() => {\n        for (const go of release) go();\n      });',
    put: '      for (const go of release) go();',
    programs: ['issued together'],
  },
  {
    id: 'group in time order',
    what: 'operations issued together answer as they end',
    file: 'run/scope.ts',
    find: 'if (!this.group.every((other) => other.finished)) return;',
    put: 'if (!this.group.every((other) => other.finished)) return resolve();',
    programs: ['issued together'],
  },
];

/** @type {readonly Mutant[]} */
const CALLS = [
  {
    id: 'C6',
    what: 'the callee has a random id',
    file: 'operations/call-operations.ts',
    find: 'return calleeId(pass.intent.run, pass.intent.nonce, operation.path);',
    put: 'return calleeId(pass.by, pass.intent.nonce, operation.path);',
    programs: ['sync call', 'async call'],
    laws: ['crash/collector'],
  },
  {
    id: 'W2',
    what: 'a suspension does not test the count of events',
    file: 'protocol/intent.ts',
    find: ", { test: 'equals', path: 'events', value: events }",
    put: '',
    programs: ['sync call'],
  },
  {
    id: 'W3',
    what: 'an event for a running run is not counted',
    file: 'protocol/waking.ts',
    find: "    if (intent.state === 'waiting') continue;",
    put: "    if (intent.state === 'waiting') continue;\n    if (intent.state === 'running') return 'counted';",
    programs: ['sync call'],
  },
  {
    id: 'W10',
    what: 'pending is answered before the waiter is durable',
    file: 'run/execution.ts',
    find: 'if (!this.parts.answersCaller || intent.waiter) return pending(intent);',
    put: 'return pending(intent);',
    programs: ['sync call'],
    laws: ['crash/pairs'],
  },
  {
    id: 'W11',
    what: 'a completion does not test for a waiter',
    file: 'protocol/intent.ts',
    find: "when: waiter ? [NOT_DONE] : [NOT_DONE, { test: 'missing', path: 'waiter' }],",
    put: 'when: [NOT_DONE],',
    programs: ['sync call'],
    laws: ['crash/pairs'],
  },
  {
    id: 'W12',
    what: 'that a caller is still to be told is not kept in the row',
    file: 'protocol/intent.ts',
    find: "...(waiter ? [set('notify', true), ...queued(WAKE, now)] : queued(DONE, keptUntil)),",
    put: '...queued(DONE, keptUntil),',
    programs: ['sync call'],
  },
  {
    id: 'W13',
    what: 'a waiter is set beside a done run',
    file: 'protocol/intent.ts',
    find: 'export const registerWaiter: Transition = { when: [NOT_DONE],',
    put: "export const registerWaiter: Transition = { when: [{ test: 'missing', path: 'cancel' }],",
    programs: ['sync call'],
    laws: ['crash/single-faults'],
  },
  {
    id: 'look skipped',
    what: 'after an event the pass looks quiet before its operations have looked again',
    file: 'run/pass.ts',
    find: '      operation.waiting = false; // at once: the pass must not look quiet before they have looked\n',
    put: '',
    programs: ['sync call'],
  },
  {
    id: 'stale absence',
    what: 'an old read that shows no run is believed when a caller is to be woken',
    file: 'protocol/waking.ts',
    find: 'return row ? { applied: result.applied, row } : undefined;',
    put: 'return { applied: result.applied, row: row ?? undefined };',
    programs: ['sync call'],
    kinds: ['bounded'],
  },
  {
    id: 'stale absence, asked for',
    what: 'an old read that shows no run is believed when somebody asks for its status',
    file: 'protocol/loading.ts',
    find: 'return requests.certain(() => requests.read(intentKey(run)));',
    put: 'return requests.read(intentKey(run));',
    programs: ['asked for at once'],
    kinds: ['bounded'],
  },
  {
    id: 'stale absence, launched',
    what: 'an old read that shows no run is believed when a run is launched',
    file: 'protocol/loading.ts',
    find: 'return requests.certain(() => loadRows(requests, run));',
    put: 'return loadRows(requests, run);',
    programs: [],
    laws: ['crash/single-faults'],
    kinds: ['bounded'],
  },
  {
    id: 'P1',
    what: 'an infrastructure error can be caught, and the run goes on',
    file: 'run/pass.ts',
    find: 'throw this.poison(error);',
    put: 'throw error;',
    programs: ['call, or else write'],
    laws: ['crash/pairs'],
  },
  {
    id: 'P3',
    what: 'a poisoned execution completes',
    file: 'run/pass.ts',
    find: "    this.end({ end: 'poisoned', error });\n",
    put: '',
    programs: ['call, or else write'],
  },
];

/** Every broken protocol. */
export const PROTOCOLS = [...ITEMS, ...RUNS, ...CALLS];

/** Unsafe variants of the specifications that are not mutants here, and why. */
export const NOT_HERE = [
  ['D11-D14, D17, D19-D24, D26-D29, D32-D35', 'need collection or pruning, which is not built yet'],
  ['D15, D16', 'walking up by creates is safe while no row is ever deleted (the same: no collection)'],
  [
    'D18',
    'an update that makes the row again cannot be written with the store port: a broken store, "update creates"',
  ],
  [
    'D25, D31',
    'are mistakes of a store, not of the protocol: broken stores, "version comes back" and "eventual reads"',
  ],
  [
    'L4',
    'an unconditional record cannot be written with the store port: a broken store, "create overwrites"',
  ],
  [
    'L6, L7, L8',
    'concern records inside the intent; with records in rows two completions have the same outcome',
  ],
  [
    'L9',
    'needs a page that is torn inside; those of the test stores are atomic: test/protocol/run-log.test.ts loads a log with a gap',
  ],
  ['L11', 'is tested with other inputs in test/bad-input.test.ts'],
  ['B1-B4', 'are other designs of the log: there is no key to change'],
  ['B5, W17', 'need race'],
  ['B8', 'is a mistake of user code'],
  ['S3-S10', 'need native steps or idempotent()'],
  ['C1-C5, C7-C12', 'need collection and tombstones'],
  ['W4', 'needs events: a callee that has bumped is done, so the call after the load gets its outcome'],
  ['W1, W5-W9, W14-W16', 'need events, timers or cancel'],
  ['K1, K2', 'cost money or block a listing: safe'],
  ['P2', 'is P3: a pass that is not ended is one that the next call clears'],
  ['P4', 'cannot happen apart from P3: a poisoned pass is over, and only a live one suspends'],
  ['Z1-Z3', 'need read-only functions'],
  ['U1-U29', 'need locks and transactions'],
];
