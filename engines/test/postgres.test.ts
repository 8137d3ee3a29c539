import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { type Engine, EngineMissing, engineOrSkip, type Source, start } from '../src/index.js';
import { processesIn } from './processes.js';

async function ask(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  // A server that is killed tells every open connection.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query({ text, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

let engine: Engine | undefined;
afterEach(async () => {
  await engine?.stop();
  engine = undefined;
});

async function folderOf(url: string): Promise<string> {
  const [data] = await ask(url, 'SHOW data_directory');
  return String(data).replace(/\/data$/, '');
}

describe.each<Source>(['embedded', 'system'])('PostgreSQL, %s', (source) => {
  test('a kill -9 and a restart keep the data and the URL', async (context) => {
    engine = await engineOrSkip('postgres', { source });
    if (!engine) return context.skip();
    const url = await engine.database();
    await ask(url, 'CREATE TABLE t (n int)');
    for (let n = 1; n <= 3; n++) {
      await ask(url, `INSERT INTO t VALUES (${n})`);
      await engine.kill();
      await expect(ask(url, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
      await engine.restart();
      expect(await ask(url, 'SELECT count(*)::int FROM t')).toEqual([n]);
    }
    await engine.restart();
    expect(await ask(url, 'SELECT n FROM t ORDER BY n')).toEqual([1, 2, 3]);
  });

  test.each(['running', 'killed'])('stop leaves no process and no data behind: %s', async (state) => {
    engine = await start('postgres', { source });
    const folder = await folderOf(engine.url);
    expect(folder.startsWith(tmpdir())).toBe(true);
    expect(processesIn(folder).length).toBeGreaterThan(1);
    if (state === 'killed') await engine.kill();
    await engine.stop();
    await engine.stop();
    expect(processesIn(folder)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });
});

test('each database is its own, and a wrong password is refused', async () => {
  engine = await start('postgres');
  const [one, other] = [await engine.database(), await engine.database()];
  expect(one).not.toBe(other);
  await ask(one, 'CREATE TABLE here (n int)');
  expect(await ask(other, "SELECT to_regclass('here')")).toEqual([null]);
  const wrong = new URL(one);
  wrong.password = 'wrong';
  await expect(ask(wrong.href, 'SELECT 1')).rejects.toThrow(/password/);
  expect(engine.version).toMatch(/^\d+/);
});

test('only a durable server waits for the disk', async () => {
  engine = await start('postgres');
  expect(
    await ask(engine.url, "SELECT current_setting('fsync') || current_setting('synchronous_commit')"),
  ).toEqual(['offon']);
  await engine.stop();
  engine = await start('postgres', { durable: true });
  if (engine.own) expect(await ask(engine.url, "SELECT current_setting('fsync')")).toEqual(['on']);
});

test('a given server is used, never killed, and keeps none of our databases', async () => {
  const host = await start('postgres');
  try {
    process.env.FLOWSTATE_TEST_POSTGRES_URL = host.url;
    const given = await start('postgres');
    expect([given.source, given.own, given.url]).toEqual(['url', false, host.url]);
    await given.database();
    await expect(given.kill()).rejects.toThrow(/not ours/);
    const count = "SELECT count(*)::int FROM pg_database WHERE datname LIKE 'flowstate%'";
    expect(await ask(host.url, count)).toEqual([1]);
    await given.stop();
    expect(await ask(host.url, count)).toEqual([0]);
  } finally {
    delete process.env.FLOWSTATE_TEST_POSTGRES_URL;
    await host.stop();
  }
});

test('a missing engine says why, is skipped, and fails where engines are required', async () => {
  const before = process.env.REQUIRE_ENGINES;
  try {
    delete process.env.REQUIRE_ENGINES;
    await expect(start('postgres', { source: 'url' })).rejects.toThrow(EngineMissing);
    expect(await engineOrSkip('postgres', { source: 'url' })).toBeUndefined();
    process.env.REQUIRE_ENGINES = '1';
    await expect(engineOrSkip('postgres', { source: 'url' })).rejects.toThrow(
      /FLOWSTATE_TEST_POSTGRES_URL is not set/,
    );
  } finally {
    if (before === undefined) delete process.env.REQUIRE_ENGINES;
    else process.env.REQUIRE_ENGINES = before;
  }
});
