import type { Overload } from '../function.js';
import type { Type } from '../types.js';
import { DYN } from '../types.js';
import { ADDRESSES } from './addresses.js';
import { AUTHORIZATION, AUTHORIZATION_TYPES } from './authorization.js';
import { COLLECTIONS } from './collections.js';
import { CONVERSIONS } from './conversions.js';
import { FORMATS } from './formats.js';
import { LISTS } from './lists.js';
import { OPERATORS } from './operators.js';
import { QUANTITIES } from './quantities.js';
import { REGEX } from './regex.js';
import { STRINGS } from './strings.js';
import { TIME } from './time.js';
import { URLS } from './urls.js';
import { VERSIONS } from './versions.js';

let byName: Map<string, Overload[]> | undefined;

/** All forms of a function of the libraries of Kubernetes 1.36. */
export function findFunction(name: string): readonly Overload[] | undefined {
  byName ??= collect();
  return byName.get(name);
}

function collect(): Map<string, Overload[]> {
  const found = new Map<string, Overload[]>();
  for (const overload of [
    ...OPERATORS,
    ...CONVERSIONS,
    ...TIME,
    ...STRINGS,
    ...REGEX,
    ...LISTS,
    ...COLLECTIONS,
    ...QUANTITIES,
    ...URLS,
    ...ADDRESSES,
    ...FORMATS,
    ...VERSIONS,
    ...AUTHORIZATION,
  ]) {
    const forms = found.get(overload.name);
    if (forms === undefined) found.set(overload.name, [overload]);
    else forms.push(overload);
  }
  return found;
}

const TYPES: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['bool', { kind: 'bool' }],
  ['int', { kind: 'int' }],
  ['uint', { kind: 'uint' }],
  ['double', { kind: 'double' }],
  ['string', { kind: 'string' }],
  ['bytes', { kind: 'bytes' }],
  ['null_type', { kind: 'null' }],
  ['list', { kind: 'list', element: DYN }],
  ['map', { kind: 'map', key: DYN, value: DYN }],
  ['type', { kind: 'type', of: undefined }],
  ['optional_type', { kind: 'optional', element: DYN }],
  ['google.protobuf.Timestamp', { kind: 'timestamp' }],
  ['google.protobuf.Duration', { kind: 'duration' }],
  ...[
    'kubernetes.Quantity',
    'kubernetes.URL',
    'kubernetes.Semver',
    'net.IP',
    'net.CIDR',
    ...AUTHORIZATION_TYPES,
  ].map((name): [string, Type] => [name, { kind: 'opaque', name }]),
]);

/** The type of that name. */
export function typeNamed(name: string): Type | undefined {
  return TYPES.get(name);
}
