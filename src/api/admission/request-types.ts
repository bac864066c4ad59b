import { BOOL, DYN, STRING } from '../cel/index.js';
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

/** The variables of match conditions. The objects are of no declared type. */
export const CONDITION_VARIABLES: ReadonlyMap<string, Type> = new Map([
  ['object', DYN],
  ['oldObject', DYN],
  ['request', REQUEST],
]);
