/** Finds the harness that a command line names. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { Harness } from '../harness.js';
import { memoryHarness } from '../subjects/memory.js';
import { modelPlatform } from '../subjects/model-platform.js';
import { Suite, type SuiteOptions } from '../suite.js';
import { importFile, loadingError } from './import-file.js';
import { nearest } from './nearest.js';
import { UsageError } from './usage-error.js';

/** The stores in memory, by the names that the command line takes. */
const IN_MEMORY = {
  memory: 'conditional',
  'memory-versioned': 'versioned',
  'memory-stale': 'bounded',
} as const;
const EXTENSIONS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];
const SHAPE = 'Export default { name, open(options), close(), rawRows(where) }, or a function that gives it';

/**
 * The suite for the harness of a store in memory, or for the one that a file exports: as it is, or as its function gives it.
 * @param subject a name, or a file relative to `folder`
 * @throws UsageError that says what to do
 */
export async function suiteFor(
  subject: string,
  options: SuiteOptions,
  folder = process.cwd(),
): Promise<Suite> {
  const harness = isInMemory(subject) ? inMemory(subject) : await loaded(subject, folder);
  try {
    return new Suite(harness, options);
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${subject}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** A store in memory, with the platform that the suite holds its own laws to. */
function inMemory(subject: keyof typeof IN_MEMORY): Harness {
  return { ...memoryHarness(IN_MEMORY[subject]), platform: modelPlatform() };
}

function isInMemory(subject: string): subject is keyof typeof IN_MEMORY {
  return Object.hasOwn(IN_MEMORY, subject);
}

/** What a file exports as its harness. The suite looks whether it is one. */
async function loaded(subject: string, folder: string): Promise<Harness> {
  const file = resolve(folder, subject);
  checkFile(file, subject);
  const exported = await importFile(file).catch(async (error: unknown) => {
    throw new UsageError(`${subject} cannot be loaded.\n${await loadingError(error, file)}`, {
      cause: error,
    });
  });
  const found = harnessOf(exported);
  if (found === undefined) {
    const names = Object.keys(exported);
    const has = names.length === 0 ? 'exports nothing' : `exports only ${names.join(', ')}`;
    throw new UsageError(`${subject} ${has}: a harness is missing. ${SHAPE}. See docs/ADAPTERS.md.`);
  }
  if (typeof found !== 'function') return found;
  return await Promise.resolve()
    .then(() => found())
    .catch(async (error: unknown) => {
      const told = await loadingError(error, file);
      throw new UsageError(`The function that ${subject} exports threw.\n${told}`, { cause: error });
    });
}

type Exported = Harness | (() => Harness | Promise<Harness>);

function harnessOf(exported: {
  readonly default?: unknown;
  readonly harness?: unknown;
}): Exported | undefined {
  const { default: byDefault, harness } = exported;
  // CommonJS that was compiled from a module keeps its default export one level further down.
  const nested = typeof byDefault === 'object' && byDefault !== null && '__esModule' in byDefault;
  return (
    (nested
      ? harnessOf(Object.fromEntries(Object.entries(byDefault)))
      : (byDefault as Exported | undefined)) ?? (harness as Exported | undefined)
  );
}

function checkFile(file: string, subject: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(notThere(file, subject));
  if (found.isDirectory()) {
    const inside = codeIn(file).filter((name) => /harness/i.test(name));
    throw new UsageError(
      `${subject} is a folder: give the harness file in it.${meant(inside.map((name) => join(subject, name)))}`,
    );
  }
  if (!EXTENSIONS.includes(extname(file)))
    throw new UsageError(`${subject} is no harness file: one ends in ${EXTENSIONS.join(', ')}.`);
}

function notThere(file: string, subject: string): string {
  const beside = codeIn(dirname(file));
  const stem = basename(file, extname(file));
  const otherwise = beside.filter((name) => basename(name, extname(name)) === stem);
  const near = otherwise.length > 0 ? otherwise : nearest(basename(file), beside);
  const names = [
    ...nearest(subject, Object.keys(IN_MEMORY)),
    ...near.map((name) => join(dirname(subject), name)),
  ];
  return `There is no file ${subject} (${file}).${meant(names)}\nGive a harness file, or memory, memory-versioned or memory-stale.`;
}

function meant(names: readonly string[]): string {
  return names.length === 0 ? '' : ` Did you mean ${names.slice(0, 3).join(' or ')}?`;
}

function codeIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter(
    (name) => EXTENSIONS.includes(extname(name)) && !/\.d\.[mc]?ts$/.test(name),
  );
}
