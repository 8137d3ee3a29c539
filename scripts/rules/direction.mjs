/** Who may import whom: data flows one way, from the platform entry down to the ports, and adapters stand apart. */
import { builtinModules } from 'node:module';
import { importsOf, packageOf, relativeTarget } from './source.mjs';

/** @typedef {import('./source.mjs').Source} Source */
/** @typedef {import('./source.mjs').Violation} Violation */
/** @typedef {{ name?: string, dependencies?: Record<string, string>, peerDependencies?: Record<string, string> }} Manifest */
/** @typedef {{ source: Source, specifier: string, target: string | undefined, manifest: Manifest }} Edge */

const CORE = 'packages/core/src/';
const TEST_FRAMEWORKS = /^(vitest|@vitest\/.*|jest|@jest\/.*|mocha|ava|tape|tap|node:test|chai|jasmine)$/;
/** What may use core's testing tools: tests, and the tools that exist to test, measure or start things. */
const TOOLS =
  /(^|\/)test\/|^(packages\/)?conformance\/|^engines\/|^bench\/|^scripts\/|^examples\/[^/]+\/src\/main\.ts$/;
/** The rooms of an adapter that know a database; those of a platform may use Node's own HTTP and hashing. */
const STORE_ROOM = /^packages\/adapter-[^/]+\/src\/(store|statements|expressions|documents|errors|setup)\b/;

/** The parts of core for the rooms of a platform. */
const PLATFORM_ROOMS = new Set(['@flowstate/core/delivery', '@flowstate/core/http']);

/** Each rule answers what is wrong with one import, or undefined. @type {((edge: Edge) => string | undefined)[]} */
const RULES = [platformRule, protocolRule, testingRule, adapterRule, conformanceRule];

/**
 * The imports that go against the direction of the layers.
 * @param {readonly Source[]} sources
 * @param {(path: string) => Manifest} manifestOf the package.json of the workspace that a file is in
 * @returns {Violation[]}
 */
export function directionViolations(sources, manifestOf) {
  return sources.flatMap((source) =>
    importsOf(source).flatMap(({ specifier, line }) => {
      const target = relativeTarget(source.path, specifier);
      const edge = { source, specifier, target, manifest: manifestOf(source.path) };
      return RULES.flatMap((rule) => {
        const message = rule(edge);
        return message === undefined ? [] : [{ path: source.path, line, message }];
      });
    }),
  );
}

/** Whether a specifier means a module of Node, with or without the `node:` in front. */
export function isNodeModule(/** @type {string} */ specifier) {
  return specifier.startsWith('node:') || builtinModules.includes(specifier);
}

/** @type {(edge: Edge) => string | undefined} */
function platformRule({ source, specifier, target }) {
  if (!source.path.startsWith(`${CORE}platform/`)) return undefined;
  const allowed = target
    ? target.startsWith(`${CORE}platform/`) || target === `${CORE}errors`
    : packageOf(specifier) !== '@flowstate/core' && !isNodeModule(specifier);
  if (allowed || source.path.endsWith('/default-platform.ts')) return undefined;
  return `platform imports "${specifier}": the ports may import only platform itself, errors and npm libraries`;
}

/** @type {(edge: Edge) => string | undefined} */
function protocolRule({ source, specifier, target }) {
  if (!source.path.startsWith(`${CORE}protocol/`) || !target?.startsWith(CORE)) return undefined;
  const room = target.slice(CORE.length).split('/')[0];
  if (!room || !['context', 'flow', 'inspect', 'testing'].includes(room)) return undefined;
  return `protocol imports "${specifier}": a protocol knows ports and other protocols, never ${room}`;
}

/** @type {(edge: Edge) => string | undefined} */
function testingRule({ source, specifier, target }) {
  const isTesting = target
    ? /^packages\/core\/src\/testing(\/|$)/.test(target)
    : specifier === '@flowstate/core/testing';
  if (!isTesting || TOOLS.test(source.path) || source.path.startsWith(`${CORE}testing/`)) return undefined;
  return `"${specifier}" is imported outside tests and tools: production code knows nothing of crash injection`;
}

/** @type {(edge: Edge) => string | undefined} */
function adapterRule({ source, specifier, target, manifest }) {
  const home = /^packages\/adapter-[^/]+\/src\//.exec(source.path)?.[0];
  if (home === undefined) return undefined;
  if (target !== undefined) {
    return target.startsWith(home) ? undefined : `"${specifier}" leaves the adapter's src`;
  }
  if (specifier === '@flowstate/core/adapter') return undefined;
  if (PLATFORM_ROOMS.has(specifier) && !STORE_ROOM.test(source.path)) return undefined;
  if (isNodeModule(specifier)) {
    if (!STORE_ROOM.test(source.path)) return undefined;
    return `"${specifier}" in a store: only the platform rooms of an adapter use Node's own modules`;
  }
  const name = packageOf(specifier);
  if (name.startsWith('@flowstate/')) {
    return `"${specifier}": an adapter imports @flowstate/core/adapter, its platform's rooms also /http and /delivery, and no other part of Flowstate`;
  }
  if (name in { ...manifest.dependencies, ...manifest.peerDependencies }) return undefined;
  return `"${specifier}" is neither a dependency nor a peer dependency of the adapter`;
}

/** @type {(edge: Edge) => string | undefined} */
function conformanceRule({ source, specifier, target }) {
  if (!/^(packages\/)?conformance\/src\//.test(source.path)) return undefined;
  if (packageOf(specifier).startsWith('@flowstate/adapter-') || target?.startsWith('packages/adapter-')) {
    return `conformance imports "${specifier}": the suite names no adapter, the adapter's own test binds it`;
  }
  if (!TEST_FRAMEWORKS.test(specifier)) return undefined;
  return `conformance imports "${specifier}": the suite runs in any test runner and imports none`;
}
