import { BOOL, DYN, INT, STRING, authorizerType, resourceCheckType } from '../cel/index.js';
import type { Type } from '../cel/index.js';

function object(name: string, fields: Readonly<Record<string, Type>>): Type {
  return { kind: 'object', name: `kubernetes.${name}`, fields: new Map(Object.entries(fields)) };
}

const TEXTS: Type = { kind: 'list', element: STRING };
const KIND = object('GroupVersionKind', { group: STRING, version: STRING, kind: STRING });
const RESOURCE = object('GroupVersionResource', {
  group: STRING,
  version: STRING,
  resource: STRING,
});
const USER = object('UserInfo', {
  username: STRING,
  uid: STRING,
  groups: TEXTS,
  extra: { kind: 'map', key: STRING, value: TEXTS },
});

/** An AdmissionRequest, as far as conditions see it (apiserver, BuildRequestType). */
const REQUEST = object('AdmissionRequest', {
  kind: KIND,
  resource: RESOURCE,
  subResource: STRING,
  requestKind: KIND,
  requestResource: RESOURCE,
  requestSubResource: STRING,
  name: STRING,
  namespace: STRING,
  operation: STRING,
  userInfo: USER,
  dryRun: BOOL,
  options: DYN,
});

const TEXT_MAP: Type = { kind: 'map', key: STRING, value: STRING };
const TIMESTAMP: Type = { kind: 'timestamp' };

/** A Namespace, as far as expressions see it (apiserver, BuildNamespaceType). */
const NAMESPACE = object('Namespace', {
  metadata: object('NamespaceMetadata', {
    name: STRING,
    generateName: STRING,
    namespace: STRING,
    labels: TEXT_MAP,
    annotations: TEXT_MAP,
    UID: STRING,
    creationTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT,
    deletionTimestamp: TIMESTAMP,
    generation: INT,
    resourceVersion: STRING,
    finalizers: TEXTS,
  }),
  spec: object('NamespaceSpec', { finalizers: TEXTS }),
  status: object('NamespaceStatus', {
    conditions: {
      kind: 'list',
      element: object('NamespaceCondition', {
        status: STRING,
        type: STRING,
        lastTransitionTime: TIMESTAMP,
        message: STRING,
        reason: STRING,
      }),
    },
    phase: STRING,
  }),
});

/** Which variables an expression has beside those that all of them have. */
export interface DeclaredVariables {
  readonly params?: Type | undefined;
  readonly authorizer?: boolean;
  /** The types of the `variables` of a policy. */
  readonly variables?: ReadonlyMap<string, Type> | undefined;
  /** What `object` and `oldObject` are. Absent: nothing is declared of them. */
  readonly object?: Type | undefined;
}

export const AUTHORIZER = 'authorizer';
export const REQUEST_RESOURCE = 'authorizer.requestResource';

export function declareVariables({
  params,
  authorizer = false,
  variables,
  object: objectType = DYN,
}: DeclaredVariables): ReadonlyMap<string, Type> {
  const declared = new Map<string, Type>([
    ['object', objectType],
    ['oldObject', objectType],
    ['request', REQUEST],
    ['namespaceObject', NAMESPACE],
  ]);
  if (params !== undefined) declared.set('params', params);
  if (authorizer) {
    declared.set(AUTHORIZER, authorizerType);
    declared.set(REQUEST_RESOURCE, resourceCheckType);
  }
  if (variables !== undefined)
    declared.set('variables', { kind: 'object', name: 'kubernetes.variables', fields: variables });
  return declared;
}
