/** Routes of HTTP functions: `orders/{id:int}/{*rest}`, as the platform's host matches them. */
import type { FunctionMetadata } from './protocol.js';
import { triggerOf } from './typed-data.js';

/** Who may call: anybody, who has the function key, who has the master key. */
export type AuthLevel = 'anonymous' | 'function' | 'admin';

/** An HTTP function and where it is found. */
export interface HttpRoute {
  readonly metadata: FunctionMetadata;
  /** The trigger's name among the bindings. */
  readonly binding: string;
  readonly authLevel: AuthLevel;
  /** In capital letters. */
  readonly methods: readonly string[];
  /** Without the prefix. */
  readonly template: string;
}

/** A route that a request takes. */
export interface RouteMatch {
  readonly route: HttpRoute;
  readonly params: Readonly<Record<string, string>>;
}

interface Compiled {
  readonly route: HttpRoute;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  /** For each part of the route how much it takes: text before parameters, parameters before rests. */
  readonly ranks: readonly number[];
}

const PARAMETER = /\{(?<rest>\**)(?<name>\w+)(?::(?<constraint>[^}?]+))?(?<optional>\?)?\}/g;
/** What a constraint lets through; others let everything through. */
const CONSTRAINTS: Readonly<Record<string, string>> = {
  int: '[+-]?\\d+',
  long: '[+-]?\\d+',
  alpha: '[A-Za-z]+',
  bool: '[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]',
  guid: '[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}',
};
const ALL_METHODS = ['GET', 'POST'];

/** The routes of an app. */
export class Routes {
  private readonly compiled: readonly Compiled[];

  constructor(
    functions: readonly FunctionMetadata[],
    /** Before all of them; may be empty. */
    private readonly prefix: string,
  ) {
    this.compiled = functions
      .filter((metadata) => triggerOf(metadata).type === 'httptrigger')
      .map((metadata) => compile(routeOf(metadata)))
      .sort(byRank);
  }

  /** The route of a request; undefined where there is none. `pathname` is percent-encoded. */
  match(method: string, pathname: string): RouteMatch | undefined {
    const path = pathname.replace(/^\/|\/$/g, '');
    const prefix = this.prefix === '' ? '' : `${this.prefix}/`;
    if (!path.toLowerCase().startsWith(prefix.toLowerCase())) return undefined;
    const rest = path.slice(prefix.length);
    for (const { route, pattern, names } of this.compiled) {
      const found = route.methods.includes(method) ? pattern.exec(rest) : null;
      if (found === null) continue;
      const values = names.map((name, i) => [name, decoded(found[i + 1])] as const);
      const params = values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
      return { route, params: Object.fromEntries(params) };
    }
    return undefined;
  }

  /** Where a function is found, its parameters aside: `/api/orders`. Undefined where there is no such HTTP function. */
  pathOf(functionName: string): string | undefined {
    const found = this.compiled.find(({ route }) => route.metadata.name === functionName);
    if (found === undefined) return undefined;
    return `/${[this.prefix, found.route.template].filter((part) => part !== '').join('/')}`;
  }
}

function routeOf(metadata: FunctionMetadata): HttpRoute {
  const { name, binding } = triggerOf(metadata);
  const { route, methods, authLevel } = binding;
  const given = Array.isArray(methods) ? methods.map((method) => String(method).toUpperCase()) : [];
  return {
    metadata,
    binding: name,
    authLevel: authLevel === 'function' || authLevel === 'admin' ? authLevel : 'anonymous',
    methods: given.length === 0 ? ALL_METHODS : given,
    template: (typeof route === 'string' ? route : metadata.name).replace(/^\/|\/$/g, ''),
  };
}

function compile(route: HttpRoute): Compiled {
  const names: string[] = [];
  const ranks: number[] = [];
  let source = '';
  for (const part of route.template.split('/')) {
    let last = 0;
    let text = '';
    let rank = 0;
    let optional = false;
    for (const found of part.matchAll(PARAMETER)) {
      const { rest = '', name = '', constraint, optional: maybe } = found.groups ?? {};
      const takes = rest !== '' ? '.*' : (CONSTRAINTS[constraint ?? ''] ?? '[^/]+');
      text += `${escaped(part.slice(last, found.index))}(${takes})`;
      rank = rest !== '' ? 3 : constraint === undefined ? 2 : 1;
      optional ||= maybe !== undefined || rest !== '';
      names.push(name);
      last = found.index + found[0].length;
    }
    text += escaped(part.slice(last));
    const slash = ranks.length === 0 ? '' : '/';
    source += optional ? `(?:${slash}${text})?` : `${slash}${text}`;
    ranks.push(rank);
  }
  return { route, pattern: new RegExp(`^${source}$`, 'i'), names, ranks };
}

function byRank(a: Compiled, b: Compiled): number {
  const length = Math.max(a.ranks.length, b.ranks.length);
  for (let i = 0; i < length; i++) {
    const difference = (a.ranks[i] ?? 4) - (b.ranks[i] ?? 4);
    if (difference !== 0) return difference;
  }
  return 0;
}

function decoded(value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
