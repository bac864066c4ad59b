import { assertDefined } from '../../../src/base/index.js';
import type { FieldType } from '../../../src/api/scheme/field-type.js';
import { findModel } from '../../../src/api/scheme/model.js';
import type { Message, ModelField } from '../../../src/api/scheme/model.js';

type Json = Record<string, unknown>;

/** What Go holds by value is there however little an object says of it: the object as it comes back from protobuf. */
export function withZeros(model: string, object: Json): Json {
  const whole = { ...object };
  complete(assertDefined(findModel(model)?.message, model), whole);
  return whole;
}

function complete(message: Message, object: Json): void {
  for (const entry of message.entries) {
    if (entry.type === 'embed') {
      complete(entry.message, object);
      continue;
    }
    const { field, byValue } = entry;
    const value = object[field.name];
    if (value !== undefined) object[field.name] = completed(field.type, value);
    else if (byValue) {
      const zero = zeroOf(field);
      if (zero !== undefined) object[field.name] = zero;
    }
  }
}

function completed(type: FieldType, value: unknown): unknown {
  switch (type.type) {
    case 'scalar':
      return /^schema-or/.test(type.scalar) ? completedSchema(value) : value;
    case 'model':
      return withZeros(type.model, value as Json);
    case 'list':
      return (value as unknown[]).map((item) => completed(type.item, item));
    case 'map': {
      const entries = Object.entries(value as Json);
      return Object.fromEntries(entries.map(([key, item]) => [key, completed(type.value, item)]));
    }
  }
}

function completedSchema(value: unknown): unknown {
  const isSchema = typeof value === 'object' && !Array.isArray(value);
  return isSchema ? withZeros('V1JSONSchemaProps', value as Json) : value;
}

function zeroOf({ type, keepsZero }: ModelField): unknown {
  if (type.type === 'model') return withZeros(type.model, {});
  if (type.type !== 'scalar' || !keepsZero) return undefined;
  switch (type.scalar) {
    case 'string':
      return '';
    case 'boolean':
      return false;
    case 'int32':
    case 'int64':
    case 'double':
    case 'int-or-string':
      return 0;
    case 'quantity':
      return '0';
    case 'empty':
      return {};
    default:
      return undefined;
  }
}
