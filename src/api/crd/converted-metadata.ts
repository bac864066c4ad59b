import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import type { KubernetesObject, ObjectMeta } from '../object.js';
import type { FieldError } from '../validation/field-error.js';
import { formatFieldError } from '../validation/field-error.js';
import { checkLabels } from '../validation/label-selector.js';
import { checkAnnotations } from '../validation/object-meta.js';
import { isJsonMap } from './json-schema.js';

/** The metadata of what a webhook converted: the original's, but for its labels and annotations, which must be valid. */
export function keepMetadata(
  original: KubernetesObject,
  converted: KubernetesObject,
): Result<ObjectMeta, string> {
  const sent: unknown = converted.metadata;
  if (sent === undefined) return failed('missing metadata in converted object');
  if (!isJsonMap(sent))
    return failed(`invalid metadata of type ${goType(sent)} in converted object`);
  const kept: ObjectMeta = { ...original.metadata };
  for (const field of ['labels', 'annotations'] as const) {
    const value = sent[field];
    Reflect.deleteProperty(kept, field);
    if (value === undefined || value === null) continue;
    if (!isJsonMap(value))
      return failed(`invalid metadata.${field} of type ${goType(value)} in converted object`);
    const wrong = Object.entries(value).find(([, each]) => typeof each !== 'string');
    if (wrong !== undefined)
      return failed(
        `metadata.${field}[${wrong[0]}] must be a string, but is ${goType(wrong[1])} in converted object`,
      );
    const texts = value as Record<string, string>;
    const errors: FieldError[] = [];
    if (field === 'labels') checkLabels(texts, 'metadata.labels', errors);
    else checkAnnotations(texts, 'metadata.annotation', errors);
    if (errors.length > 0) {
      const lines = errors.map(formatFieldError);
      return failed(lines.length === 1 ? (lines[0] ?? '') : `[${lines.join(', ')}]`);
    }
    kept[field] = texts;
  }
  return ok(kept);
}

/** As `%T` prints what Go reads from JSON. */
function goType(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}
