import type { List, Mapping, Value } from '../cel/index.js';

/** JSON as CEL sees what no schema describes: numbers without a fraction are whole ones. Made as far as it is looked at. */
export function dynamicValue(data: unknown): Value {
  if (Array.isArray(data)) return listValue(data as readonly unknown[]);
  switch (typeof data) {
    case 'boolean':
    case 'string':
      return data;
    case 'number':
      return Number.isInteger(data) ? BigInt(data) : data;
    case 'object':
      return data === null ? null : mappingValue(data as Readonly<Record<string, unknown>>);
    default:
      return null;
  }
}

function listValue(data: readonly unknown[]): List {
  return { kind: 'list', size: data.length, at: (index) => dynamicValue(data[index]) };
}

function mappingValue(data: Readonly<Record<string, unknown>>): Mapping {
  const keys = Object.keys(data).filter((key) => data[key] !== undefined);
  return {
    kind: 'map',
    size: keys.length,
    keys: () => keys,
    get: (key) =>
      typeof key === 'string' && Object.hasOwn(data, key) && data[key] !== undefined
        ? dynamicValue(data[key])
        : undefined,
  };
}
