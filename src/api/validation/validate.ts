import type { KubernetesObject } from '../object.js';
import type { FieldError } from './field-error.js';

/**
 * What is wrong with an object that is to be created; empty where nothing is. It has its defaults, its name and
 * its namespace already. `key` is that of `resourceKeyOf`.
 */
export function validateCreate(_key: string, _object: KubernetesObject): FieldError[] {
  return [];
}

/**
 * The same for an update, with what may not change. `subresource` is empty for the object itself, or `status`:
 * then only what that subresource writes is looked at.
 */
export function validateUpdate(
  _key: string,
  _object: KubernetesObject,
  _old: KubernetesObject,
  _subresource = '',
): FieldError[] {
  return [];
}
