/**
 * A child process of the suite: it opens the store by the author's module, serves the suite's functions over IPC, and
 * collects. It is made to be killed and frozen, and ends with its parent, however that ends.
 */
import { flowstate, isFlowstateError } from '@flowstate/core';
import { processPlatform, type Store } from '@flowstate/core/adapter';
import { type Ask, LEASE_VARIABLE, type Told } from './child-messages.js';
import { defineSuiteFunctions } from './suite-functions.js';

/** Few, so that rows are full soon. */
const ENTRIES_PER_ROW = 4;
const COLLECT_EVERY_MS = 150;

interface Opener {
  open(options: { readonly entriesPerRow: number }): Promise<{ readonly store: Store }>;
}

const tell = (told: Told): void => void process.send?.(told);

function isOpener(value: unknown): value is Opener {
  return typeof value === 'object' && value !== null && 'open' in value && typeof value.open === 'function';
}

async function openerOf(module: string): Promise<Opener> {
  const loaded: { readonly default?: unknown } = await import(module);
  if (isOpener(loaded.default)) return loaded.default;
  if (isOpener(loaded)) return loaded;
  throw new TypeError(`${module} exports no open(), and no harness by default`);
}

async function answer(ask: Ask, functions: ReturnType<typeof defineSuiteFunctions>): Promise<Told> {
  const called = functions.find(({ name }) => name === ask.functionName);
  if (called === undefined)
    return { told: 'failed', ask: ask.ask, message: `there is no function ${ask.functionName}` };
  try {
    return { told: 'value', ask: ask.ask, value: await called.invoke(ask.input, { id: ask.id }) };
  } catch (error) {
    const told = isFlowstateError(error) && error.retry ? 'again' : 'failed';
    return { told, ask: ask.ask, message: String(error) };
  }
}

async function serve(module: string): Promise<void> {
  process.once('disconnect', () => process.exit());
  const { store } = await (await openerOf(module)).open({ entriesPerRow: ENTRIES_PER_ROW });
  const flow = flowstate({ name: 'conformance', store, lease: Number(process.env[LEASE_VARIABLE]) });
  const functions = defineSuiteFunctions(flow, process.env);
  process.on('message', (ask: Ask) => {
    answer(ask, functions).then(tell, (error: unknown) => console.error(error));
  });
  tell({ told: 'ready' });
  for (;;) {
    // A pass that fails is followed by another one.
    await flow.collect().catch((error: unknown) => console.error(String(error)));
    await processPlatform.wait(COLLECT_EVERY_MS * (0.75 + processPlatform.random() / 2));
  }
}

await serve(process.argv[2] ?? '');
