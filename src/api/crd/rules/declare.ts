import type { Declared, Type } from '../../cel/index.js';
import { BOOL, DYN, INT, STRING, escapeName } from '../../cel/index.js';
import type { JsonSchema } from '../json-schema.js';

/** The most bytes of a request (apiserver, MaxRequestSizeBytes): what bounds a list without maxItems. */
export const REQUEST_BYTES_MAX = 3 * 1024 * 1024;

const TIME_BYTES_MAX = 32;
const DATE_BYTES = 12;
const NAMES: JsonSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, generateName: { type: 'string' } },
};

/** The schema of a resource with what every one has: `apiVersion`, `kind`, `metadata.name` and `metadata.generateName`. */
export function withObjectMeta(schema: JsonSchema): JsonSchema {
  const properties = {
    ...schema.properties,
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: NAMES,
  };
  return { ...schema, properties };
}

/**
 * The type that rules see of a schema, and the sizes that its limits allow. Undefined: rules do not see it, since the
 * schema does not say what it is (apiserver, SchemaDeclType). `name` is that of the type, where it is an object.
 */
export function declare(
  schema: JsonSchema,
  isResource: boolean,
  name = 'object',
): Declared | undefined {
  if (schema['x-kubernetes-int-or-string'] === true)
    return { type: DYN, sizeMax: textMax(schema, REQUEST_BYTES_MAX - 2), bytesMin: 1 };
  switch (schema.type) {
    case 'array':
      return declareList(schema, name);
    case 'object':
      return declareObject(isResource ? withObjectMeta(schema) : schema, name);
    case 'string':
      return declareText(schema);
    case 'boolean':
      return { type: BOOL, sizeMax: 0, bytesMin: 4 };
    case 'number':
      return { type: { kind: 'double' }, sizeMax: 0, bytesMin: 1 };
    case 'integer':
      return { type: INT, sizeMax: 0, bytesMin: 1 };
    default:
      return undefined;
  }
}

function isEmbedded(schema: JsonSchema): boolean {
  return schema['x-kubernetes-embedded-resource'] === true;
}

function declareList({ items, maxItems }: JsonSchema, name: string): Declared | undefined {
  const element =
    items === undefined ? undefined : declare(items, isEmbedded(items), `${name}.@idx`);
  if (element === undefined) return undefined;
  const fitting = Math.floor((REQUEST_BYTES_MAX - 2) / (element.bytesMin + 1));
  const type: Type = { kind: 'list', element: element.type };
  return { type, element, sizeMax: atLeastZero(maxItems ?? fitting), bytesMin: 2 };
}

function declareObject(schema: JsonSchema, name: string): Declared | undefined {
  const { additionalProperties, maxProperties } = schema;
  if (typeof additionalProperties !== 'object') return declareFields(schema, name);
  const element = declare(additionalProperties, isEmbedded(additionalProperties), `${name}.@elem`);
  if (element === undefined) return undefined;
  const fitting = Math.floor((REQUEST_BYTES_MAX - 2) / (element.bytesMin + 6));
  return {
    type: { kind: 'map', key: STRING, value: element.type },
    element,
    key: { type: STRING, sizeMax: 0, bytesMin: 2 },
    sizeMax: atLeastZero(maxProperties ?? fitting),
    bytesMin: 2,
  };
}

function declareFields({ properties = {}, required = [] }: JsonSchema, name: string): Declared {
  const fields = new Map<string, Declared>();
  let bytesMin = 2;
  for (const [property, schema] of Object.entries(properties)) {
    const escaped = escapeName(property);
    const field = declare(schema, isEmbedded(schema), `${name}.${escaped ?? property}`);
    if (field === undefined) continue;
    if (escaped !== undefined) fields.set(escaped, field);
    if (required.includes(property) && schema.default === undefined)
      bytesMin += property.length + field.bytesMin + 4;
  }
  const types = new Map([...fields].map(([field, { type }]) => [field, type]));
  return { type: { kind: 'object', name, fields: types }, fields, sizeMax: 0, bytesMin };
}

function declareText(schema: JsonSchema): Declared {
  const { format, maxLength, enum: allowed = [] } = schema;
  switch (format) {
    case 'byte': {
      const sizeMax = atLeastZero(maxLength ?? REQUEST_BYTES_MAX - 2);
      return { type: { kind: 'bytes' }, sizeMax, bytesMin: 2 };
    }
    case 'duration':
      return { type: { kind: 'duration' }, sizeMax: TIME_BYTES_MAX, bytesMin: 3 };
    case 'date':
      return { type: { kind: 'timestamp' }, sizeMax: DATE_BYTES, bytesMin: DATE_BYTES };
    case 'date-time':
      return { type: { kind: 'timestamp' }, sizeMax: TIME_BYTES_MAX, bytesMin: 21 };
    default: {
      const longest = Math.max(
        ...allowed.map((each) => (typeof each === 'string' ? each.length : 0)),
      );
      const sizeMax = textMax(schema, allowed.length > 0 ? longest : REQUEST_BYTES_MAX - 2);
      return { type: STRING, sizeMax, bytesMin: 2 };
    }
  }
}

/** maxLength counts code points, which may have four bytes. */
function textMax({ maxLength }: JsonSchema, otherwise: number): number {
  return maxLength === undefined ? otherwise : atLeastZero(maxLength) * 4;
}

function atLeastZero(value: number): number {
  return Math.max(0, value);
}
