import type { JsonMap, JsonSchema } from './json-schema.js';
import { fieldPath, isJsonMap, keepsUnknown, propertySchema } from './json-schema.js';

const META_FIELDS: readonly string[] = ['apiVersion', 'kind', 'metadata'];
const REPORTED_MAX = 100;

/**
 * Removes, in place, what the schema does not describe (pruning). Returns the paths of what went, at most a hundred.
 * apiVersion, kind and metadata belong to every object, and are known at the root and in embedded resources.
 */
export function prune(object: JsonMap, schema: JsonSchema): string[] {
  const removed: string[] = [];
  pruneMap(object, schema, '', true, removed);
  return removed;
}

function pruneMap(
  object: JsonMap,
  schema: JsonSchema,
  path: string,
  isResource: boolean,
  removed: string[],
): void {
  for (const [name, value] of Object.entries(object)) {
    if (isResource && META_FIELDS.includes(name)) continue;
    const property = propertySchema(schema, name);
    const at = fieldPath(path, name);
    if (property !== undefined) pruneValue(value, property, at, removed);
    else if (!keepsUnknown(schema)) {
      Reflect.deleteProperty(object, name);
      if (removed.length < REPORTED_MAX) removed.push(at);
    }
  }
}

function pruneValue(value: unknown, schema: JsonSchema, path: string, removed: string[]): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return;
    value.forEach((item: unknown, index) => {
      pruneValue(item, items, `${path}[${String(index)}]`, removed);
    });
    return;
  }
  if (!isJsonMap(value)) return;
  pruneMap(value, schema, path, schema['x-kubernetes-embedded-resource'] === true, removed);
}
