/** Type-checks the TypeScript of documents, all of it in one strict program, and names document and line of an error. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { snippetsIn } from './fences.mjs';

/** @typedef {{ path: string, text: string }} Document the path is relative to the root, with slashes */
/** @typedef {{ path: string, line: number, message: string }} Problem */
/** @typedef {{ document: string, line: number, prelude: { path: string, lines: number } | undefined }} Origin */

/**
 * What is wrong with the snippets of the documents, and how many there are.
 * @param {string} root the checkout: snippets resolve modules as its own files do
 * @param {readonly Document[]} documents
 * @param {string} folder where the snippets are written to, inside the checkout; emptied first
 * @returns {{ count: number, problems: Problem[] }}
 */
export function checkSnippets(root, documents, folder = '.flowstate/snippets') {
  rmSync(join(root, folder), { recursive: true, force: true });
  /** @type {Map<string, Origin>} */
  const origins = new Map();
  /** @type {Problem[]} */
  const problems = [];
  for (const { path, text } of documents) {
    const found = snippetsIn(text);
    problems.push(...found.problems.map((problem) => ({ path, ...problem })));
    for (const { line, code, prelude } of found.snippets) {
      const before = prelude === undefined ? undefined : readPrelude(root, prelude);
      if (prelude !== undefined && before === undefined) {
        problems.push({ path, line: line - 1, message: `there is no docs/snippets/${prelude}.ts` });
        continue;
      }
      const file = join(root, folder, path, `${line}.ts`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${before?.text ?? ''}${code}\n`);
      origins.set(resolve(file), { document: path, line, prelude: before });
    }
  }
  problems.push(...typeProblems(root, origins));
  return { count: origins.size, problems };
}

/** The text of a prelude, ending with its line. */
function readPrelude(/** @type {string} */ root, /** @type {string} */ name) {
  const path = `docs/snippets/${name}.ts`;
  if (!/^[\w-]+$/.test(name) || !existsSync(join(root, path))) return undefined;
  const text = `${readFileSync(join(root, path), 'utf8').replace(/\n$/, '')}\n`;
  return { path, text, lines: text.split('\n').length - 1 };
}

/**
 * @param {string} root
 * @param {ReadonlyMap<string, Origin>} origins
 * @returns {Problem[]}
 */
function typeProblems(root, origins) {
  const base = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
  const { options, errors } = ts.convertCompilerOptionsFromJson(base.config?.compilerOptions, root);
  const program = ts.createProgram([...origins.keys()], {
    ...options,
    noEmit: true,
    declaration: false,
    declarationMap: false,
    // Each snippet is a module of its own, whether it imports anything or not.
    moduleDetection: ts.ModuleDetectionKind.Force,
  });
  const diagnostics = [...(base.error ? [base.error] : []), ...errors, ...ts.getPreEmitDiagnostics(program)];
  return diagnostics.map((diagnostic) => located(diagnostic, origins));
}

/**
 * @param {ts.Diagnostic} diagnostic
 * @param {ReadonlyMap<string, Origin>} origins
 * @returns {Problem}
 */
function located({ file, start, messageText, code }, origins) {
  const message = `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  if (!file || start === undefined) return { path: 'tsconfig.base.json', line: 1, message };
  const line = file.getLineAndCharacterOfPosition(start).line;
  const origin = origins.get(resolve(file.fileName));
  if (!origin) return { path: file.fileName, line: line + 1, message };
  const { document, prelude } = origin;
  const ahead = prelude?.lines ?? 0;
  if (prelude && line < ahead) return { path: prelude.path, line: line + 1, message };
  return { path: document, line: origin.line + line - ahead, message };
}
