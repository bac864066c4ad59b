import type { ApiRequest, ApiVerb } from '../protocol/index.js';

/** What a request is about, whichever face it came in by (kube-apiserver's RequestInfo). */
export interface ResourceTarget {
  readonly verb: ApiVerb;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** Empty: all namespaces, or a resource without. */
  readonly namespace: string;
  /** Empty: a collection. */
  readonly name: string;
  readonly subresource: string;
  /** What follows in the path, from its slash on: a proxy passes it on. */
  readonly rest?: string;
}

/** The first value of each parameter: further ones count only where `Repeated` has them. */
export type Query = Readonly<Record<string, string>>;

/** All values of the parameters that may be repeated: `dryRun`, the `command` of exec, and the `ports` of a port-forward. */
export type Repeated = Readonly<Record<string, readonly string[]>>;

export type RequestTarget =
  | {
      readonly type: 'resource';
      readonly target: ResourceTarget;
      readonly query: Query;
      /** Absent: no such parameter is there. */
      readonly repeated?: Repeated;
    }
  /** `verb` is the method in lower case. */
  | {
      readonly type: 'path';
      readonly path: string;
      readonly verb: string;
      readonly query: Query;
      /** The one parameter of a path that may be repeated: checks that are left out of a health endpoint. */
      readonly exclude: readonly string[];
    };

const METHOD_VERBS: Readonly<Record<string, ApiVerb>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

const REPEATABLE = ['dryRun', 'command', 'ports'] as const;

/** Subresources of a namespace; any other word after its name is a resource within it. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/** Reads a method and a URL. Undefined: the URL cannot be decoded. */
export function parseRequestTarget(method: string, url: string): RequestTarget | undefined {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const parameters = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const query = firstValues(parameters);
  const parts = decodeSegments(path);
  if (parts === undefined) return undefined;
  const target = resourceTarget(method, parts, query);
  if (target !== undefined) {
    const there = REPEATABLE.filter((name) => query[name] !== undefined);
    if (there.length === 0) return { type: 'resource', target, query };
    const repeated = Object.fromEntries(there.map((name) => [name, parameters.getAll(name)]));
    return { type: 'resource', target, query, repeated };
  }
  const exclude = parameters.getAll('exclude');
  return { type: 'path', path, verb: method.toLowerCase(), query, exclude };
}

function decodeSegments(path: string): string[] | undefined {
  try {
    return path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function firstValues(parameters: URLSearchParams): Query {
  const query: Record<string, string> = {};
  for (const [name, value] of parameters) query[name] ??= value;
  return query;
}

function resourceTarget(
  method: string,
  parts: readonly string[],
  query: Query,
): ResourceTarget | undefined {
  const groupLength = parts[0] === 'api' ? 2 : parts[0] === 'apis' ? 3 : 0;
  if (groupLength === 0 || parts.length <= groupLength) return undefined;
  const verb = METHOD_VERBS[method];
  if (verb === undefined) return undefined;
  const group = groupLength === 3 ? (parts[1] ?? '') : '';
  const version = parts[groupLength - 1] ?? '';
  const rest = parts.slice(groupLength);
  const legacyWatch = verb === 'get' && rest[0] === 'watch' && rest.length > 1;
  const where = locate(legacyWatch ? rest.slice(1) : rest);
  return { group, version, ...where, verb: refineVerb(verb, where.name, query, legacyWatch) };
}

/** `namespaces/a/pods/b/log` → pods b, log, in a; `namespaces/a` is the namespace itself, and lies in itself. */
function locate(rest: readonly string[]): Omit<ResourceTarget, 'verb' | 'group' | 'version'> {
  const [first, second, third] = rest;
  const within = first === 'namespaces' && second !== undefined && third !== undefined;
  const namespaced = within && !NAMESPACE_SUBRESOURCES.has(third);
  const [resource = '', name = '', subresource = '', ...more] = namespaced ? rest.slice(2) : rest;
  const namespace = first === 'namespaces' ? (second ?? '') : '';
  const target = { resource, namespace, name, subresource };
  return subresource === 'proxy' ? { ...target, rest: `/${more.join('/')}` } : target;
}

function refineVerb(verb: ApiVerb, name: string, query: Query, legacyWatch: boolean): ApiVerb {
  if (legacyWatch) return 'watch';
  if (name !== '') return verb;
  if (verb === 'get') return isTrue(query['watch']) ? 'watch' : 'list';
  return verb === 'delete' ? 'deletecollection' : verb;
}

/** As Go's query decoding reads a bool: present and neither `false` nor `0`. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && value.toLowerCase() !== 'false' && value !== '0';
}

/** The target of a component's message. */
export function messageTarget(request: ApiRequest): ResourceTarget {
  const name = request.name ?? '';
  return {
    verb: request.verb,
    group: request.group,
    version: request.version,
    resource: request.resource,
    namespace:
      request.resource === 'namespaces' && request.group === '' ? name : (request.namespace ?? ''),
    name,
    subresource: request.subresource ?? '',
  };
}
