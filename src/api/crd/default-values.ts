import type { JsonMap, JsonSchema } from './json-schema.js';
import { isJsonMap, propertySchema } from './json-schema.js';

/**
 * Sets the schema's defaults, in place: absent properties that have one, and nulls that may not be null (they go where
 * there is no default, as Kubernetes prunes them before it defaults).
 */
export function applySchemaDefaults(value: unknown, schema: JsonSchema): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return;
    const list = value as unknown[];
    list.forEach((item, index) => {
      if (item === null && items.nullable !== true && items.default !== undefined)
        list[index] = structuredCloneJson(items.default);
      applySchemaDefaults(list[index], items);
    });
    return;
  }
  if (!isJsonMap(value)) return;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (property.default === undefined) continue;
    const current = Object.hasOwn(value, name) ? value[name] : undefined;
    if (current === undefined || (current === null && property.nullable !== true))
      setOwn(value, name, structuredCloneJson(property.default));
  }
  for (const [name, item] of Object.entries(value)) {
    const property = propertySchema(schema, name);
    if (property !== undefined) applySchemaDefaults(item, property);
  }
}

/** `__proto__` is a name like any other. */
function setOwn(object: JsonMap, name: string, value: unknown): void {
  Object.defineProperty(object, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function structuredCloneJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
