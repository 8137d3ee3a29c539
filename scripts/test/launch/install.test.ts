import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureInstalled } from '../../launch/install.mjs';

let root: string;
let installs: number;
const packages = {
  '': {},
  'packages/core': { version: '0.1.0' },
  'node_modules/@flowstate/core': { resolved: 'packages/core', link: true },
  'node_modules/one': { version: '1.0.0', integrity: 'sha512-one' },
  'node_modules/elsewhere': { version: '1.0.0', integrity: 'sha512-two', optional: true },
};
const { 'node_modules/elsewhere': _, '': __, ...installedPackages } = packages;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'flowstate install-'));
  installs = 0;
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
});
afterEach(() => rmSync(root, { recursive: true }));

/** What npm does, on disk: the packages first, its own record last. */
function install(record: object = installedPackages) {
  rmSync(join(root, 'node_modules'), { recursive: true, force: true });
  mkdirSync(join(root, 'node_modules', 'one'), { recursive: true });
  writeFileSync(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: record }));
}

async function ensure() {
  return ensureInstalled(root, async () => {
    installs += 1;
    install();
  });
}

test('installs once', async () => {
  expect([await ensure(), await ensure(), await ensure()]).toEqual([true, false, false]);
  expect(installs).toBe(1);
});

test('installs again when the lock file asks for something else', async () => {
  await ensure();
  const other = { ...packages, 'node_modules/one': { version: '2.0.0', integrity: 'sha512-three' } };
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: other }));
  await ensure();
  expect(installs).toBe(2);
});

test('a failed install leaves no stamp, and the next try installs', async () => {
  const broken = ensureInstalled(root, async () => {
    mkdirSync(join(root, 'node_modules', 'one'), { recursive: true });
    throw new Error('the network is down');
  });
  await expect(broken).rejects.toThrow('the network is down');
  await ensure();
  expect(installs).toBe(1);
});

test('what somebody installed with npm by hand is not installed a second time', async () => {
  install();
  expect([await ensure(), await ensure()]).toEqual([true, false]);
  expect(installs).toBe(0);
});

test.each([
  ['a package is missing from the record', { 'packages/core': {} }],
  [
    'the record holds another version',
    { ...installedPackages, 'node_modules/one': { integrity: 'sha512-old' } },
  ],
])('installs when %s', async (_name, record) => {
  install(record);
  await ensure();
  expect(installs).toBe(1);
});

test('installs when a package was touched after the record: an install that did not end', async () => {
  install();
  const later = new Date(Date.now() + 60_000);
  utimesSync(join(root, 'node_modules', 'one'), later, later);
  await ensure();
  expect(installs).toBe(1);
});

test('installs when the folder was installed by another Node or on another machine', async () => {
  await ensure();
  writeFileSync(join(root, 'node_modules', '.flowstate-install'), 'node 1 plan9 vax\nhash\n');
  await ensure();
  expect(installs).toBe(2);
});
