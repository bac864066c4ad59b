import type { ApiResource, ApiSubresource, ResourceVerb } from '../scheme/resource.js';
import { groupVersionPathOf } from '../scheme/resource.js';
import type { Operation, OperationShape } from './operation.js';
import { operation } from './operation.js';
import type { Parameter } from './parameters.js';
import {
  DELETE_PARAMETERS,
  FORCE_PARAMETER,
  LIST_PARAMETERS,
  nameParameter,
  NAMESPACE_PARAMETER,
  PRETTY_PARAMETER,
  WRITE_PARAMETERS,
} from './parameters.js';
import type { Definitions } from './schema.js';
import type { Schema } from './schema-object.js';

/** Path items under their paths. */
export type Paths = Record<string, Schema>;

/** What differs between the operations of a resource. */
interface Action {
  readonly verb: ResourceVerb;
  readonly method: 'delete' | 'get' | 'patch' | 'post' | 'put';
  readonly action: string;
  /** Begins the operation's id: `read` + CoreV1NamespacedPod. */
  readonly idVerb: string;
  readonly describe: (kind: string) => string;
  readonly parameters: readonly Parameter[];
  readonly codes: readonly number[];
  readonly body?: 'object' | 'options' | 'patch';
  readonly answer: 'list' | 'object' | 'status';
}

const ON_COLLECTION: readonly Action[] = [
  {
    verb: 'list',
    method: 'get',
    action: 'list',
    idVerb: 'list',
    describe: (kind) => `list or watch objects of kind ${kind}`,
    parameters: LIST_PARAMETERS,
    codes: [200],
    answer: 'list',
  },
  {
    verb: 'create',
    method: 'post',
    action: 'post',
    idVerb: 'create',
    describe: (kind) => `create ${withArticle(kind)}`,
    parameters: WRITE_PARAMETERS,
    codes: [200, 201, 202],
    body: 'object',
    answer: 'object',
  },
  {
    verb: 'deletecollection',
    method: 'delete',
    action: 'deletecollection',
    idVerb: 'deleteCollection',
    describe: (kind) => `delete collection of ${kind}`,
    parameters: [...LIST_PARAMETERS.filter(isNotOfWatch), ...DELETE_PARAMETERS],
    codes: [200],
    body: 'options',
    answer: 'status',
  },
];

const ON_OBJECT: readonly Action[] = [
  {
    verb: 'get',
    method: 'get',
    action: 'get',
    idVerb: 'read',
    describe: (kind) => `read the specified ${kind}`,
    parameters: [],
    codes: [200],
    answer: 'object',
  },
  {
    verb: 'update',
    method: 'put',
    action: 'put',
    idVerb: 'replace',
    describe: (kind) => `replace the specified ${kind}`,
    parameters: WRITE_PARAMETERS,
    codes: [200, 201],
    body: 'object',
    answer: 'object',
  },
  {
    verb: 'patch',
    method: 'patch',
    action: 'patch',
    idVerb: 'patch',
    describe: (kind) => `partially update the specified ${kind}`,
    parameters: [...WRITE_PARAMETERS, FORCE_PARAMETER],
    codes: [200, 201],
    body: 'patch',
    answer: 'object',
  },
  {
    verb: 'delete',
    method: 'delete',
    action: 'delete',
    idVerb: 'delete',
    describe: (kind) => `delete ${withArticle(kind)}`,
    parameters: DELETE_PARAMETERS,
    codes: [200, 202],
    body: 'options',
    answer: 'status',
  },
];

/** A subresource is created by a POST to it (binding), and has no list. */
const ON_SUBRESOURCE = [
  ...ON_OBJECT,
  ...ON_COLLECTION.filter((each) => each.verb === 'create'),
] as const;

function isNotOfWatch(parameter: Parameter): boolean {
  return parameter['name'] !== 'watch' && parameter['name'] !== 'allowWatchBookmarks';
}

/** The paths of one resource and its subresources. */
export function resourcePaths(row: ApiResource, definitions: Definitions): Paths {
  const base = groupVersionPathOf(row);
  const within = row.namespaced ? `${base}/namespaces/{namespace}` : base;
  const scope = row.namespaced ? [NAMESPACE_PARAMETER] : [];
  const one = [nameParameter(row.kind), ...scope, PRETTY_PARAMETER];
  const paths: Paths = {};
  const put = (path: string, operations: Schema, parameters: readonly Parameter[]): void => {
    if (Object.keys(operations).length > 0) paths[path] = { ...operations, parameters };
  };
  if (row.namespaced && row.verbs.includes('list')) {
    put(`${base}/${row.resource}`, listEverywhere(row, definitions), [PRETTY_PARAMETER]);
  }
  const collection = `${within}/${row.resource}`;
  put(collection, operations(row, ON_COLLECTION, definitions), [...scope, PRETTY_PARAMETER]);
  put(`${collection}/{name}`, operations(row, ON_OBJECT, definitions), one);
  for (const each of row.subresources) {
    put(`${collection}/{name}/${each.name}`, subresourceOperations(row, each, definitions), one);
  }
  return paths;
}

function operations(
  row: ApiResource,
  actions: readonly Action[],
  definitions: Definitions,
): Schema {
  const served = actions.filter((action) => row.verbs.includes(action.verb));
  const entries = served.map((action): [string, Operation] => {
    const id = operationId(row, action.idVerb, row.namespaced ? 'Namespaced' : '', row.kind);
    return [action.method, operation(shapeOf(row, row, action, id), definitions)];
  });
  return Object.fromEntries(entries);
}

function listEverywhere(row: ApiResource, definitions: Definitions): Schema {
  const [list] = ON_COLLECTION;
  if (!list) return {};
  const id = operationId(row, list.idVerb, '', `${row.kind}ForAllNamespaces`);
  return { get: operation(shapeOf(row, row, list, id), definitions) };
}

function subresourceOperations(
  row: ApiResource,
  each: ApiSubresource,
  definitions: Definitions,
): Schema {
  if (each.model === '') return connectOperations(row, each, definitions);
  const served = ON_SUBRESOURCE.filter((action) => each.verbs.includes(action.verb));
  const suffix = each.name.charAt(0).toUpperCase() + each.name.slice(1);
  const entries = served.map((action): [string, Operation] => {
    const scope = row.namespaced ? 'Namespaced' : '';
    const id = operationId(row, action.idVerb, scope, `${row.kind}${suffix}`);
    const about = action
      .describe(row.kind)
      .replace('the specified', `${each.name} of the specified`);
    const description =
      action.verb === 'create' ? `create ${each.name} of ${withArticle(row.kind)}` : about;
    const shape = { ...shapeOf(row, each, action, id), description };
    const answer = each.name === 'log' ? undefined : shape.answer;
    return [action.method, operation({ ...shape, answer }, definitions)];
  });
  return Object.fromEntries(entries);
}

/** A subresource that is a connection of its own (exec): no object is read or written. */
function connectOperations(
  row: ApiResource,
  each: ApiSubresource,
  definitions: Definitions,
): Schema {
  const suffix = each.name.charAt(0).toUpperCase() + each.name.slice(1);
  const entries = (['get', 'post'] as const).map((method): [string, Operation] => {
    const verb = method === 'get' ? 'Get' : 'Post';
    const shape = {
      id: operationId(row, 'connect', '', `${verb}Namespaced${row.kind}${suffix}`),
      description: `connect ${method.toUpperCase()} requests to ${each.name} of ${row.kind}`,
      tag: tagOf(row),
      action: 'connect',
      kind: { group: each.group, kind: each.kind, version: each.version },
      parameters: [],
      answer: undefined,
      codes: [200],
    };
    return [method, operation(shape, definitions)];
  });
  return Object.fromEntries(entries);
}

function tagOf(row: ApiResource): string {
  return `${identifier(row.group, false)}_${row.version}`;
}

/** `of` is what is read and written: the resource itself, or one of its subresources. */
function shapeOf(
  row: ApiResource,
  of: ApiResource | ApiSubresource,
  action: Action,
  id: string,
): OperationShape {
  const bodies = { object: of.model, options: 'V1DeleteOptions', patch: 'patch' };
  const answers = { list: row.listModel, object: of.model, status: 'V1Status' };
  return {
    id,
    description: action.describe(row.kind),
    tag: tagOf(row),
    action: action.action,
    kind: { group: of.group, kind: of.kind, version: of.version },
    parameters: action.parameters,
    body: action.body && bodies[action.body],
    answer: answers[action.answer],
    codes: action.codes,
  };
}

/** `a Pod`, `an Event`. */
function withArticle(kind: string): string {
  return /^[AEIOU]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

/** `readAppsV1NamespacedDeployment`, `deleteCoreV1CollectionNode`. */
function operationId(row: ApiResource, verb: string, scope: string, what: string): string {
  const version = row.version.charAt(0).toUpperCase() + row.version.slice(1);
  const groupVersion = identifier(row.group, true) + version;
  const collection = verb === 'deleteCollection';
  const noun = collection ? `Collection${scope}${what}` : `${scope}${what}`;
  return `${collection ? 'delete' : verb}${groupVersion}${noun}`;
}

/** `rbac.authorization.k8s.io` → `RbacAuthorization`, or `rbacAuthorization` in tags. */
function identifier(group: string, capitalized: boolean): string {
  const parts = (group === '' ? 'core' : group.replace(/\.k8s\.io$/, '')).split('.');
  const joined = parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('');
  return capitalized ? joined : joined.charAt(0).toLowerCase() + joined.slice(1);
}
