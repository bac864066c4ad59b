import { BOOL, DYN, INT, STRING, escapeName } from '../cel/index.js';
import type { Type } from '../cel/index.js';
import { declare } from '../crd/rules/index.js';
import type { FieldType, Scalar } from '../scheme/field-type.js';
import { findModel } from '../scheme/model.js';
import type { ApiResource } from '../scheme/resource.js';

/** The type of the objects of a resource, as its schema or model declares it. */
export function kindType({ custom, kind, model }: ApiResource): Type {
  if (custom === undefined) return modelType(model, kind);
  const declared = declare(custom.schema, true, kind)?.type ?? DYN;
  if (declared.kind !== 'object') return declared;
  const metadata = modelType('V1ObjectMeta', `${kind}.metadata`);
  const get = (name: string): Type | undefined =>
    name === 'metadata' ? metadata : declared.fields.get(name);
  return { kind: 'object', name: kind, fields: { get } };
}

/** A model may hold itself: its fields are made when they are asked for. */
function modelType(model: string, name: string): Type {
  const made = new Map<string, Type>();
  const get = (field: string): Type | undefined => {
    const known = made.get(field);
    if (known !== undefined) return known;
    const fields = findModel(model)?.fields;
    const found =
      fields?.get(field) ??
      [...(fields?.values() ?? [])].find((each) => escapeName(each.name) === field);
    if (found === undefined) return undefined;
    const type = fieldType(found.type, `${name}.${field}`);
    made.set(field, type);
    return type;
  };
  return { kind: 'object', name, fields: { get } };
}

function fieldType(type: FieldType, name: string): Type {
  switch (type.type) {
    case 'scalar':
      return scalarType(type.scalar);
    case 'model':
      return modelType(type.model, name);
    case 'list':
      return { kind: 'list', element: fieldType(type.item, `${name}.@idx`) };
    case 'map':
      return { kind: 'map', key: STRING, value: fieldType(type.value, `${name}.@elem`) };
  }
}

function scalarType(scalar: Scalar): Type {
  switch (scalar) {
    case 'string':
    case 'quantity':
      return STRING;
    case 'boolean':
      return BOOL;
    case 'int32':
    case 'int64':
      return INT;
    case 'double':
      return { kind: 'double' };
    case 'bytes':
      return { kind: 'bytes' };
    case 'time':
    case 'micro-time':
      return { kind: 'timestamp' };
    case 'string-list':
      return { kind: 'list', element: STRING };
    default:
      return DYN;
  }
}
