import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import type { KubernetesObject } from '../object.js';
import { checkApplied, errorsText } from './check-applied.js';
import type { PathElement } from './field-set.js';
import { mergeObjects } from './merge.js';
import { fieldElement, pathText } from './path-element.js';
import type { MapShape, Shape } from './shape.js';
import { asList, asMap, resolve } from './shape.js';

/**
 * An object with what a configuration sets, without regard to who owns what. What can only be set as a whole is refused: who
 * means a part of it would take the rest away (apiserver, ApplyStructuredMergeDiff, whose words the error has). Nothing given is changed.
 */
export function mergeUntracked(
  object: KubernetesObject,
  config: Readonly<Record<string, unknown>>,
  shape: MapShape,
): Result<KubernetesObject, string> {
  const { apiVersion, kind } = object;
  const whole = { ...config, apiVersion, kind };
  const errors = checkApplied(whole, shape);
  if (errors.length > 0)
    return failed(`failed to convert patch object to typed object: ${errorsText(errors)}`);
  const atomics = atomicsIn(whole, shape, []);
  if (atomics.length > 0) {
    const text = `may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`;
    return failed(`invalid ApplyConfiguration: ${text}`);
  }
  return ok(mergeObjects(object, whole, shape) as KubernetesObject);
}

/** Where a value sets what can only be set as a whole. What is in maps of any key is not looked at, as in Kubernetes. */
function atomicsIn(value: unknown, shape: Shape, path: readonly PathElement[]): readonly string[] {
  const [map, list] = [asMap(value), asList(value)];
  if (map === undefined && list === undefined) return [];
  const known = resolve(shape, value);
  if (map !== undefined && known.type === 'map') {
    const below = Object.entries(map).flatMap(([name, item]) => {
      const field = known.field(name);
      return field === undefined ? [] : atomicsIn(item, field, [...path, fieldElement(name)]);
    });
    return known.atomic ? [pathText(path), ...below] : below;
  }
  if (list !== undefined && known.type === 'list') {
    const below = list.flatMap((item, at) =>
      atomicsIn(item, known.item(), [...path, `i:${String(at)}`]),
    );
    return known.relation === 'atomic' ? [pathText(path), ...below] : below;
  }
  return [];
}
