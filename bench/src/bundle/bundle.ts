/** How large a function becomes by Flowstate, and how much later it starts. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { type Spread, spread } from '../statistics.js';

/** What a deployed function imports, and what is not bundled with it. */
export interface BundleSubject {
  readonly name: string;
  readonly exports: readonly string[];
  /** The client of its database, which is loaded first. */
  readonly sdk: string;
  readonly external: string;
  readonly why: string;
}

const CORE = "export { flowstate } from '@flowstate/core';";

/** On Lambda, and as a Cloud Function. */
export const BUNDLES: readonly BundleSubject[] = [
  {
    name: 'DynamoDB',
    exports: [
      CORE,
      "export { dynamodb } from '@flowstate/adapter-dynamodb/store';",
      "export { lambda, lambdaInvoker } from '@flowstate/adapter-dynamodb/lambda';",
    ],
    sdk: '@aws-sdk/client-dynamodb',
    external: '@aws-sdk/*',
    why: 'which Lambda brings along',
  },
  {
    name: 'Firestore',
    exports: [
      CORE,
      "export { firestore } from '@flowstate/adapter-firestore/store';",
      "export { gcf, gcfInvoker } from '@flowstate/adapter-firestore/cloud-functions';",
    ],
    sdk: '@google-cloud/firestore',
    external: '@google-cloud/*',
    why: 'which has to be the copy that the function uses',
  },
];

/** Inside of the checkout, so that the SDK is found from there. */
const OUTPUT = fileURLToPath(new URL('../../dist/', import.meta.url));

/** What was measured. Times in ms. */
export interface BundleReport {
  readonly subject: BundleSubject;
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Bytes of the bundle by package, largest first. */
  readonly packages: readonly { readonly name: string; readonly bytes: number }[];
  readonly processes: number;
  /** Of the SDK alone, in a fresh process. */
  readonly sdkMs: Spread;
  /** Of the bundle, where the SDK is loaded already. */
  readonly bundleMs: Spread;
}

/** Bundles, and imports the bundle in so many fresh processes. */
export async function measureBundle(subject: BundleSubject, processes: number): Promise<BundleReport> {
  const { code, packages } = await bundled(subject);
  await mkdir(OUTPUT, { recursive: true });
  const folder = await mkdtemp(join(OUTPUT, 'bundle-'));
  try {
    await writeFile(join(folder, 'bundle.mjs'), code);
    const times: ImportTimes[] = [];
    for (let i = 0; i < processes; i++) times.push(await importTimes(subject.sdk, folder));
    return {
      subject,
      bytes: code.length,
      gzipBytes: gzipSync(code, { level: 9 }).length,
      packages,
      processes,
      sdkMs: spread(times.map(({ sdk }) => sdk)),
      bundleMs: spread(times.map(({ bundle }) => bundle)),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function bundled({
  exports,
  external,
}: BundleSubject): Promise<{ code: Uint8Array; packages: BundleReport['packages'] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: exports.join('\n'), resolveDir: OUTPUT },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: [external],
    write: false,
    metafile: true,
    outfile: 'bundle.mjs',
  });
  const [file] = outputFiles;
  const [output] = Object.values(metafile.outputs);
  if (file === undefined || output === undefined) throw new Error('nothing was bundled');
  const sizes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
    const name = packageOf(path);
    sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput);
  }
  const packages = [...sizes].map(([name, bytes]) => ({ name, bytes })).filter(({ bytes }) => bytes > 0);
  return { code: file.contents, packages: packages.sort((a, b) => b.bytes - a.bytes) };
}

/** The package that a bundled file is of: of the checkout, or of the last `node_modules` in its path. */
function packageOf(path: string): string {
  const own = /packages\/([^/]+)\/dist\//.exec(path)?.[1];
  if (own !== undefined) return `@flowstate/${own}`;
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? 'entry';
}

interface ImportTimes {
  readonly sdk: number;
  readonly bundle: number;
}

const program = (sdk: string): string => `
const began = performance.now();
await import('${sdk}');
const loaded = performance.now();
await import(new URL('bundle.mjs', 'file://' + process.cwd() + '/'));
console.log(JSON.stringify({ sdk: loaded - began, bundle: performance.now() - loaded }));
`;

async function importTimes(sdk: string, cwd: string): Promise<ImportTimes> {
  const args = ['--input-type=module', '--eval', program(sdk)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
  return JSON.parse(stdout);
}

/** Text to read. */
export function bundleLines(report: BundleReport): string[] {
  const { subject, bytes, gzipBytes, packages, processes, sdkMs, bundleMs } = report;
  const { name, external, why, sdk } = subject;
  return [
    `Bundle of what a function on ${name} imports, by esbuild, minified, without ${external}, ${why}:`,
    ...subject.exports.map((line) => `  ${line}`),
    `${kilobytes(bytes)}, ${kilobytes(gzipBytes)} with gzip; by package: ${packages
      .map((each) => `${each.name} ${kilobytes(each.bytes)}`)
      .join(', ')}`,
    `Import in ${processes} fresh processes, median (least to most): ${times(bundleMs)} for the bundle, ` +
      `after ${times(sdkMs)} for ${sdk}`,
  ];
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}

function times({ median, least, most }: Spread): string {
  return `${median.toFixed(1)} ms (${least.toFixed(1)} to ${most.toFixed(1)})`;
}
