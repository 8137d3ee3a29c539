/** Copies of packages with one change, in folders that git ignores, which see the packages that they need where they are. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ROOT } from '../launch/checkout.mjs';
import { changed, Misfit, patchedModule } from './patch.mjs';

const PACKAGES = join(ROOT, 'packages');
const CORE = join(PACKAGES, 'core');
const CORE_COPIES = join(ROOT, '.flowstate', `mutants-${process.pid}`);
/** How a patch says that it is one of core. */
const IN_CORE = 'core/';
let copies = 0;
/** The folders that hold copies. @type {Set<string>} */
const places = new Set([CORE_COPIES]);

/** @typedef {{ file: string, find: string, put: string }} Patch */

/**
 * An adapter with its tests and those changes, as TypeScript; without changes as it is. @throws {import('./patch.mjs').Misfit}
 * @param {string} name its folder below packages
 * @param {{ id: string, patches: readonly Patch[] }} mutant
 * @returns {string} the file of its harness
 */
export function adapterCopy(name, { id, patches }) {
  const adapter = join(PACKAGES, name);
  const ofCore = patches.filter(({ file }) => file.startsWith(IN_CORE));
  const own = patches.filter((patch) => !ofCore.includes(patch));
  if (new Set(ofCore.map(({ file }) => file)).size < ofCore.length)
    throw new Misfit(`${id}: one change for each file of core`);
  /** @type {Map<string, string>} */
  const texts = new Map();
  for (const patch of own) {
    const text = texts.get(patch.file) ?? readFileSync(join(adapter, patch.file), 'utf8');
    texts.set(patch.file, changed(text, { id, ...patch }));
  }
  const place = join(adapter, '.flowstate', `mutants-${process.pid}`);
  places.add(place);
  const folder = join(place, `${copies++}`);
  for (const part of ['src', 'test']) cpSync(join(adapter, part), join(folder, part), { recursive: true });
  for (const [file, text] of texts) writeFileSync(join(folder, file), text);
  if (ofCore.length > 0)
    coreCopy(
      folder,
      ofCore.map((patch) => ({ id, ...patch, file: patch.file.slice(IN_CORE.length) })),
    );
  return join(folder, 'test', 'conformance', 'harness.ts');
}

/** Puts a core with those changes where whoever is in the folder finds it. */
function coreCopy(/** @type {string} */ folder, /** @type {readonly ({ id: string } & Patch)[]} */ patches) {
  const texts = patches.map((patch) => ({ file: patch.file, text: patchedModule(join(CORE, 'src'), patch) }));
  const core = join(folder, 'node_modules', '@flowstate', 'core');
  mkdirSync(dirname(core), { recursive: true });
  for (const part of ['package.json', 'dist'])
    cpSync(join(CORE, part), join(core, part), { recursive: true });
  for (const { file, text } of texts) writeFileSync(join(core, 'dist', file.replace(/\.ts$/, '.js')), text);
}

/**
 * The suite beside a core with one change. @throws {import('./patch.mjs').Misfit}
 * @param {{ id: string } & Patch} mutant
 * @returns {string} the folder of the suite
 */
export function suiteOnCore(mutant) {
  const folder = join(CORE_COPIES, `${copies++}`);
  coreCopy(folder, [mutant]);
  const suite = join(folder, 'conformance');
  const parts = ['package.json', 'src', 'mutants', 'node_modules'].map((part) =>
    join(ROOT, 'conformance', part),
  );
  for (const part of parts.filter((each) => existsSync(each)))
    cpSync(part, join(suite, basename(part)), { recursive: true });
  return suite;
}

/** Removes them all. */
export function removeCopies() {
  for (const place of places) rmSync(place, { recursive: true, force: true });
}
