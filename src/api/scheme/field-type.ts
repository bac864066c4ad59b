import { assert } from '../../base/index.js';

/** The letters of the generated table and of the message tables, and what they stand for. */
const SCALARS = {
  s: 'string',
  b: 'boolean',
  i: 'int32',
  l: 'int64',
  n: 'double',
  /** Base64 in JSON. */
  y: 'bytes',
  /** RFC 3339, whole seconds. */
  t: 'time',
  /** RFC 3339, microseconds. */
  m: 'micro-time',
  x: 'int-or-string',
  /** Any JSON: what no more is known of. */
  a: 'any',
  /** `resource.Quantity`: a string; a number is taken too. */
  q: 'quantity',
  /** `runtime.RawExtension`: an object of any kind. */
  r: 'raw-extension',
  /** `FieldsV1`: the set of fields that a manager owns. */
  f: 'fields-v1',
  /** `apiextensions.JSON`: any JSON. */
  j: 'json',
  B: 'schema-or-bool',
  A: 'schema-or-array',
  P: 'schema-or-string-array',
  /** A list of strings that is a message of its own on the wire. */
  v: 'string-list',
  /** An object without fields. */
  e: 'empty',
} as const;

export type Scalar = (typeof SCALARS)[keyof typeof SCALARS];

/** What a field holds. Lists and maps nest (`{}[]s`); the keys of maps are strings. */
export type FieldType =
  | { readonly type: 'scalar'; readonly scalar: Scalar }
  | { readonly type: 'model'; readonly model: string }
  | { readonly type: 'list'; readonly item: FieldType }
  | { readonly type: 'map'; readonly value: FieldType };

/** `[]V1Container`, `{}q`, `i`. */
export function parseFieldType(code: string): FieldType {
  if (code.startsWith('[]')) return { type: 'list', item: parseFieldType(code.slice(2)) };
  if (code.startsWith('{}')) return { type: 'map', value: parseFieldType(code.slice(2)) };
  if (code.length > 1) return { type: 'model', model: code };
  assert(Object.hasOwn(SCALARS, code), `no field type ${JSON.stringify(code)}`);
  return { type: 'scalar', scalar: SCALARS[code as keyof typeof SCALARS] };
}
