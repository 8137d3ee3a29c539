/**
 * A hook of Node's loader: TypeScript is loaded as ES modules whatever the package around it says. As CommonJS, which is
 * what `npm init` makes of a folder, it would get a second copy of Flowstate, with error classes of its own.
 */
import type { ResolveFnOutput, ResolveHook, ResolveHookContext } from 'node:module';

/** A TypeScript file of the user, and the marks that tsx puts behind one that it takes for CommonJS. */
const TYPESCRIPT = /^(?<file>file:(?!.*\/node_modules\/).*?\.m?tsx?)(?<marks>(%3F|\?).*)?$/;

/** For `module.register`. */
export const resolve: ResolveHook = async (specifier, context, next) =>
  asModule(await next(specifier, context));

/** For `module.registerHooks`, which newer versions of Node have: `require` goes through it as well, and stays. */
export function resolveSync(
  specifier: string,
  context: ResolveHookContext,
  next: (specifier: string, context: ResolveHookContext) => ResolveFnOutput,
): ResolveFnOutput {
  const found = next(specifier, context);
  return context.conditions.includes('import') ? asModule(found) : found;
}

function asModule(found: ResolveFnOutput): ResolveFnOutput {
  const { file, marks = '' } = TYPESCRIPT.exec(found.url)?.groups ?? {};
  if (file === undefined) return found;
  return { ...found, url: marks.includes('tsx-commonjs') ? file : found.url, format: 'module' };
}
