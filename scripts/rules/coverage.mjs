/** Every TypeScript file of a workspace is type-checked: a type test that no tsconfig includes would test nothing. */
import { dirname } from 'node:path';
import ts from 'typescript';

/** @typedef {import('./source.mjs').TextFile} TextFile */
/** @typedef {import('./source.mjs').Violation} Violation */

/**
 * The TypeScript files of a workspace that its tsconfig.json does not include.
 * @param {readonly { path: string }[]} files
 * @param {readonly { folder: string, checked: ReadonlySet<string> }[]} workspaces with the files that tsc is given
 * @returns {Violation[]}
 */
export function coverageViolations(files, workspaces) {
  return files.flatMap(({ path }) => {
    const workspace = workspaces.find(({ folder }) => path.startsWith(`${folder}/`));
    if (!workspace || !/\.[mc]?tsx?$/.test(path) || workspace.checked.has(path)) return [];
    return [
      { path, line: 1, message: `not type-checked: ${workspace.folder}/tsconfig.json does not include it` },
    ];
  });
}

/**
 * The files that `tsc -p <file>` checks, as absolute paths.
 * @param {string} file a tsconfig.json
 */
export function filesOfTsconfig(file) {
  const { config, error } = ts.readConfigFile(file, ts.sys.readFile);
  if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
  return ts.parseJsonConfigFileContent(config, ts.sys, dirname(file)).fileNames;
}
