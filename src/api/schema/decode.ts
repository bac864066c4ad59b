import { assertDefined } from '../../base/index.js';
import type { KubernetesObject } from '../object.js';
import type { FieldType } from '../scheme/field-type.js';
import { isJsonObject, setEntry } from '../scheme/json.js';
import type { Model, ModelField } from '../scheme/model.js';
import { findModel } from '../scheme/model.js';
import { decodeScalar } from './decode-scalar.js';
import type { Decoding } from './decoding.js';
import { newDecoding, reportError, reportTypeError, reportUnknownField } from './decoding.js';
import { goModelName, goTypeName } from './go-type.js';

export interface DecodedObject {
  /**
   * What was sent as Kubernetes would write it again: without unknown fields, nulls, empty optional lists and
   * maps, and zeros that mean "unset"; times in UTC, quantities canonical. Made of new objects, except for the
   * parts of which nothing is known (`RawExtension` and such).
   */
  readonly value: KubernetesObject;
  /** As Kubernetes writes them: `spec.template.spec.foo`, `spec.containers[0].imag`. At most a hundred. */
  readonly unknownFields: readonly string[];
  /** In Kubernetes' words; where there is one, the object cannot be handled as its kind (400). */
  readonly errors: readonly string[];
}

/** Only the schemas of CustomResourceDefinitions nest without end; Kubernetes' own bound is 10,000. */
const DEPTH_MAX = 1000;

type Json = Record<string, unknown>;

/** Reads parsed JSON as an object of a model (`V1Pod`), as the API server reads a body or the result of a patch. */
export function decodeObject(model: string, json: unknown): DecodedObject {
  const decoding = newDecoding();
  const found = assertDefined(findModel(model), `model ${model}`);
  const value = decodeModel(found, json, decoding) ?? {};
  return { value, unknownFields: decoding.unknownFields, errors: decoding.errors };
}

function decodeModel(model: Model, json: unknown, decoding: Decoding): Json | undefined {
  if (!isJsonObject(json)) {
    reportTypeError(decoding, json, goModelName(model.name));
    return undefined;
  }
  if (decoding.structs.length >= DEPTH_MAX) {
    reportError(decoding, 'exceeded max depth');
    return undefined;
  }
  const object: Json = {};
  decoding.structs.push(model.goName);
  for (const [name, value] of Object.entries(json)) {
    const field = model.fields.get(name);
    if (field) decodeField(object, field, value, decoding);
    else reportUnknownField(decoding, name);
  }
  decoding.structs.pop();
  return object;
}

function decodeField(object: Json, field: ModelField, value: unknown, decoding: Decoding): void {
  if (value === null || value === undefined) return;
  decoding.path.push(field.name);
  const decoded = decodeValue(field.type, value, decoding);
  decoding.path.pop();
  if (decoded === undefined || isUnset(field, decoded)) return;
  object[field.name] = decoded;
}

/** What Go's `omitempty` leaves out. */
function isUnset(field: ModelField, value: unknown): boolean {
  if (value === 0 || value === '' || value === false) return !field.keepsZero;
  if (field.required) return false;
  if (field.type.type === 'list') return Array.isArray(value) && value.length === 0;
  return field.type.type === 'map' && Object.keys(value as Json).length === 0;
}

function decodeValue(type: FieldType, value: unknown, decoding: Decoding): unknown {
  switch (type.type) {
    case 'scalar':
      return decodeScalar(type.scalar, value, decoding);
    case 'model':
      return decodeModel(assertDefined(findModel(type.model), type.model), value, decoding);
    case 'list':
      return decodeList(type, value, decoding);
    case 'map':
      return decodeMap(type, value, decoding);
  }
}

type ListType = Extract<FieldType, { type: 'list' }>;
type MapType = Extract<FieldType, { type: 'map' }>;

function decodeList(type: ListType, value: unknown, decoding: Decoding): unknown {
  if (!Array.isArray(value)) {
    reportTypeError(decoding, value, goTypeName(type));
    return undefined;
  }
  return (value as readonly unknown[]).map((item, at) => {
    if (item === null) return zeroValue(type.item);
    decoding.path.push(at);
    const decoded = decodeValue(type.item, item, decoding);
    decoding.path.pop();
    return decoded;
  });
}

function decodeMap(type: MapType, value: unknown, decoding: Decoding): unknown {
  if (!isJsonObject(value)) {
    reportTypeError(decoding, value, goTypeName(type));
    return undefined;
  }
  const map: Json = {};
  for (const [key, item] of Object.entries(value)) {
    decoding.path.push({ key });
    const decoded = item === null ? zeroValue(type.value) : decodeValue(type.value, item, decoding);
    decoding.path.pop();
    setEntry(map, key, decoded);
  }
  return map;
}

/** What Go makes of a null that stands in a list or a map. */
function zeroValue(type: FieldType): unknown {
  if (type.type === 'list') return [];
  if (type.type !== 'scalar') return {};
  switch (type.scalar) {
    case 'string':
    case 'bytes':
      return '';
    case 'boolean':
      return false;
    case 'int32':
    case 'int64':
    case 'double':
      return 0;
    case 'quantity':
      return '0';
    default:
      return null;
  }
}
