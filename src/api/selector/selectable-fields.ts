import type { KubernetesObject } from '../object.js';
import type { FieldSelectorMatcher } from './field-selector.js';

/** The fields of an object by which its resource (see `resourceKeyOf`) can be selected. */
export function selectableFields(
  _key: string,
  _object: KubernetesObject,
): Readonly<Record<string, string>> {
  return {};
}

/**
 * The error for the first field of a selector by which this resource cannot be selected:
 * `field label not supported: spec.foo`. Undefined where there is none.
 */
export function unsupportedFieldLabel(
  _key: string,
  _selector: FieldSelectorMatcher,
): string | undefined {
  return undefined;
}
