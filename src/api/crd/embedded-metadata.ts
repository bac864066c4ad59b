import { decodeObject } from '../schema/decode.js';
import { formatFieldError, invalid } from '../validation/field-error.js';
import type { JsonMap, JsonSchema } from './json-schema.js';
import { fieldPath, isJsonMap, propertySchema } from './json-schema.js';

export interface DecodedMetadata {
  /** Paths from the whole object down. */
  readonly unknownFields: readonly string[];
  /** In Kubernetes' words. */
  readonly errors: readonly string[];
}

/**
 * Makes, in place, the metadata of each embedded resource what its model has (apiextensions schema/objectmeta Coerce).
 * That of the object itself is the caller's.
 */
export function decodeEmbeddedMetadata(object: JsonMap, schema: JsonSchema): DecodedMetadata {
  const unknownFields: string[] = [];
  const errors: string[] = [];
  const visit = (value: unknown, within: JsonSchema, path: string): void => {
    if (Array.isArray(value)) {
      const { items } = within;
      if (items === undefined) return;
      value.forEach((item: unknown, index) => {
        visit(item, items, `${path}[${String(index)}]`);
      });
      return;
    }
    if (!isJsonMap(value)) return;
    if (path !== '' && within['x-kubernetes-embedded-resource'] === true) decode(value, path);
    for (const [name, item] of Object.entries(value)) {
      const property = propertySchema(within, name);
      if (property !== undefined && (path !== '' || name !== 'metadata'))
        visit(item, property, fieldPath(path, name));
    }
  };
  const decode = (resource: JsonMap, path: string): void => {
    for (const name of ['apiVersion', 'kind'])
      if (name in resource && typeof resource[name] !== 'string')
        errors.push(
          formatFieldError(invalid(`${path}.${name}`, resource[name], 'must be a string')),
        );
    if (!('metadata' in resource)) return;
    const at = `${path}.metadata`;
    const decoded = decodeObject('V1ObjectMeta', resource['metadata'] ?? {});
    unknownFields.push(...decoded.unknownFields.map((field) => `${at}.${field}`));
    for (const error of decoded.errors)
      errors.push(formatFieldError(invalid(at, resource['metadata'], error)));
    resource['metadata'] = decoded.value;
  };
  visit(object, schema, '');
  return { unknownFields: unknownFields.sort(), errors };
}
