/** What a session knows: a refused write names the session that refused it, and the read behind it asks for no less. */
import type { RowKey, Update } from '@flowstate/core/adapter';
import { expect, test } from 'vitest';
import { cosmos } from '../src/index.js';
import { openWire, useEngine } from './setup/engine.js';
import type { Asked, Wire } from './wire.js';

useEngine();

const key: RowKey = { table: 'items', partition: 'p', sort: '0' };
const create = { write: 'create', key, fields: { n: 1, log: {} } } as const;
const touch: Update = {
  write: 'update',
  key,
  when: [{ test: 'below', path: 'n', value: 100 }],
  changes: [{ change: 'add', path: 'n', value: 1 }],
};
const SESSION = 'x-ms-session-token';

/** The engine gives no tokens: here each answer has the next one, a refusal too, and says of which container, as the service does. */
async function tokened(): Promise<{ readonly wire: Wire; tokenOf(asked: Asked | undefined): string }> {
  const wire = await openWire();
  const given = new Map<Asked, string>();
  wire.add((asked) => {
    const token = `0:-1#${given.size + 1}`;
    given.set(asked, token);
    const [, owner] = /^\/(dbs\/[^/]+\/colls\/[^/]+)/.exec(asked.path) ?? [];
    return {
      [SESSION]: token,
      // Eight bytes: a container.
      ...(owner === undefined ? {} : { 'x-ms-alt-content-path': owner, 'x-ms-content-path': 'AAAAAAAAAAA=' }),
    };
  });
  return { wire, tokenOf: (asked) => (asked && given.get(asked)) ?? 'none' };
}

const last = (asked: readonly Asked[], back: number): Asked | undefined => asked.at(-back);

test('the token of a refused create, replacement and delete travels in the read behind it', async () => {
  const { wire, tokenOf } = await tokened();
  const store = cosmos({ containers: wire.containers() });
  await store.write(create);
  const seen = await store.read(key);
  expect(last(wire.asked, 1)?.headers[SESSION]).toBeUndefined();

  expect(await store.write(create, { returning: true })).toMatchObject({ applied: false, row: { key } });
  expect([last(wire.asked, 2), last(wire.asked, 1)].map((asked) => asked?.status)).toEqual([409, 200]);
  expect(last(wire.asked, 1)?.headers[SESSION]).toBe(tokenOf(last(wire.asked, 2)));

  // Somebody else was faster.
  await store.write(touch);
  for (const write of [touch, { write: 'delete', key, when: touch.when } as const]) {
    await store.write(write, { ...(seen === undefined ? {} : { seen }), returning: true });
    const [refused, read] = [last(wire.asked, 3), last(wire.asked, 2)];
    expect([refused?.status, read?.status]).toEqual([412, 200]);
    expect(read?.headers[SESSION]).toBe(tokenOf(refused));
  }

  // Of a row that is gone.
  await store.write(touch, { ...(seen === undefined ? {} : { seen }), returning: true });
  expect([last(wire.asked, 2), last(wire.asked, 1)].map((asked) => asked?.status)).toEqual([404, 404]);
  expect(last(wire.asked, 1)?.headers[SESSION]).toBe(tokenOf(last(wire.asked, 2)));
});

test('a client of Session consistency keeps the token of a refusal of its own, and the mark goes before it', async () => {
  const { wire, tokenOf } = await tokened();
  const { items } = wire.containers({ consistencyLevel: 'Session' });
  await items.items.create({ id: '~0', pk: 'p' });
  await expect(items.items.create({ id: '~0', pk: 'p' })).rejects.toMatchObject({ code: 409 });
  const refused = last(wire.asked, 1);
  await items.item('~0', 'p').read();
  expect(last(wire.asked, 1)?.headers[SESSION]).toBe(tokenOf(refused));
  await items.item('~0', 'p').read({ sessionToken: '0:-1#1' });
  expect(last(wire.asked, 1)?.headers[SESSION]).toBe('0:-1#1');
});

test('a client that says nothing of consistency sends no token of its own: the mark alone', async () => {
  const { wire } = await tokened();
  const { items } = wire.containers();
  await items.items.create({ id: '~0', pk: 'p' });
  await items.item('~0', 'p').read();
  expect(last(wire.asked, 1)?.headers[SESSION]).toBeUndefined();
});
