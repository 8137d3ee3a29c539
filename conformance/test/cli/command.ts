/** Runs the built command as a user would: its own process, its own folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));

/** The file of the command. */
export const CLI = join(DIST, 'cli.js');

/** How the command ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** How it is started. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** For Node, before the command's file. */
  readonly node?: readonly string[];
  /** Hears of the process, and of all that it has said so far each time it says more. */
  readonly watch?: (child: ChildProcess, said: string) => void;
}

/** Runs `flowstate-conformance` to its end. */
export function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return runProgram(process.execPath, [...(options.node ?? []), CLI, ...args], options);
}

/** Runs a program to its end. */
export function runProgram(
  program: string,
  args: readonly string[],
  { cwd = tmpdir(), env = {}, watch }: RunOptions = {},
): Promise<Ended> {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  const child = spawn(program, args, {
    cwd,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    watch?.(child, out + err);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    watch?.(child, out + err);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

/** What became of a harness file: the harness's name, or what the user is told. */
export interface Loaded {
  readonly name?: string;
  readonly told?: string;
}

/** Loads harness files as the command does, all in one process. */
export async function loadAll(cwd: string, files: readonly string[]): Promise<readonly Loaded[]> {
  const url = (file: string) => JSON.stringify(pathToFileURL(join(DIST, 'cli', file)).href);
  const program = `
    const { suiteFor } = await import(${url('load-harness.js')});
    const { UsageError } = await import(${url('usage-error.js')});
    const loaded = [];
    for (const file of ${JSON.stringify(files)}) {
      try {
        loaded.push({ name: (await suiteFor(file, {})).harness.name });
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        loaded.push({ told: error.message });
      }
    }
    console.log(JSON.stringify(loaded));`;
  const { code, out, err } = await runProgram(process.execPath, ['--input-type=module', '-e', program], {
    cwd,
  });
  if (code !== 0) throw new Error(err);
  return JSON.parse(out);
}

/** A new folder with these files. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'flowstate-cli-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** The text that imports the harness of a store in memory, for files in such a folder. */
export const IMPORT_MEMORY = `import { memoryHarness } from ${JSON.stringify(pathToFileURL(join(DIST, 'subjects', 'memory.js')).href)};\n`;

/** A store that says of every create that it was applied. */
export const BELIEVER = `(store) => ({
  ...store,
  write: async (write, options) => {
    const outcome = await store.write(write, options);
    return write.write === 'create' ? { ...outcome, applied: true } : outcome;
  },
})`;
