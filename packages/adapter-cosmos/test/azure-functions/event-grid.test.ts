import { brokenStore, errors, keeping, runIds } from '@flowstate/conformance/fixtures';
import { expect, test } from 'vitest';
import { azure, type EventGridOptions } from '../../src/azure-functions.js';
import { cloudGridEvent, type Delivered, gridEvent, TOPIC } from './documented-events.js';
import { app, deliverTo } from './host.js';

function sending(fn: ReturnType<typeof keeping>['fn'], options: EventGridOptions<unknown, unknown> = {}) {
  return ({ input, metadata }: Delivered) =>
    deliverTo(() => azure.eventGrid(app, fn, options), input, metadata);
}

test('an event of either schema is a run under its source and id, with its data as the input', async () => {
  const { fn, inputs } = keeping();
  const send = sending(fn);
  await send(gridEvent('e1', { name: 'a.txt' }));
  await send(gridEvent('e1', { name: 'told again, and the first counts' }));
  await send(cloudGridEvent('e2', { name: 'b.txt' }));
  expect(inputs).toEqual({ [`${TOPIC}/e1`]: { name: 'a.txt' }, [`${TOPIC}/e2`]: { name: 'b.txt' } });
});

test('two events are never one run, wherever the slashes are', async () => {
  const { fn, store } = keeping();
  const send = sending(fn);
  for (const [source, id] of [
    ['a/b', 'c'],
    ['a', 'b/c'],
    ['a', 'b%2Fc'],
  ] as const)
    await send(cloudGridEvent(id, {}, { source }));
  expect(runIds(store)).toEqual(['a/b%252Fc', 'a/b%2Fc', 'a/b/c']);
});

test('options choose the input and the id', async () => {
  const { fn, inputs } = keeping();
  const send = sending(fn, {
    input: ({ data }) => [data],
    id: ({ id }) => (id === 'own' ? undefined : 'mine'),
  });
  await send(gridEvent('e1', 1));
  await send(gridEvent('own', 2));
  expect(inputs).toEqual({ mine: [1], [`${TOPIC}/own`]: [2] });
});

test('what meets an error of the infrastructure is thrown by its code alone', async () => {
  const { store, memory, recover } = brokenStore();
  const { fn } = keeping({ store });
  const { onError, told } = errors();
  const send = sending(fn, { onError });
  const thrown = await send(gridEvent('e1', {})).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: 'RUN_INFRASTRUCTURE' });
  expect((thrown as Error).stack).not.toMatch(/expired key|\n/);
  expect(told).toMatchObject([{ code: 'STORE_MISCONFIGURED' }]);
  recover();
  await send(gridEvent('e1', {}));
  expect(runIds(memory)).toEqual([`${TOPIC}/e1`]);
});

test('what is no event is thrown', async () => {
  const { fn, store } = keeping();
  const bodies = ['{}', '[]', '7', '"text"', '{"id":"e"}', '{"id":"","topic":"t"}', '{"id":7,"source":"s"}'];
  for (const json of bodies)
    await expect(sending(fn)({ input: { json }, metadata: {} })).rejects.toThrow(
      /azure\.eventGrid takes no other/,
    );
  expect(runIds(store)).toEqual([]);
});

test('options that cannot be are refused at once', () => {
  const { fn } = keeping();
  expect(() => azure.eventGrid(app, fn, { timeout: 0 })).toThrow(/azure\.eventGrid: timeout/);
  expect(() => azure.eventGrid(app, fn, { refused: 'keep' as 'drop' })).toThrow(
    /azure\.eventGrid: refused is/,
  );
  expect(() => azure.eventGrid(app, fn, { name: 'no name' })).toThrow(
    /azure\.eventGrid: "no name" is no name/,
  );
  expect(() => azure.eventGrid({} as typeof app, fn)).toThrow(/give the app of @azure\/functions first/);
});
