import {
  resourceKeyOf,
  setCustomDefaults,
  setDefaults,
  validateCreate,
  validateCustomObject,
  validateUpdate,
} from '../../api/index.js';
import type { ApiResource, FieldError, KubernetesObject } from '../../api/index.js';

/** Sets an object's defaults in place: those of its kind, or those of its schema where it is a custom one. */
export function setObjectDefaults(resource: ApiResource, object: KubernetesObject): void {
  if (resource.custom === undefined) setDefaults(resourceKeyOf(resource), object);
  else setCustomDefaults(object, resource.custom.schema);
}

/** What is wrong with an object that is to be created. */
export function createErrors(resource: ApiResource, object: KubernetesObject): FieldError[] {
  const errors = validateCreate(resourceKeyOf(resource), object);
  if (resource.custom !== undefined)
    errors.push(...validateCustomObject(resource.custom, object, undefined));
  return errors;
}

/** What is wrong with an object that is to take the place of `old`. `part` is empty for the object itself. */
export function updateErrors(
  resource: ApiResource,
  object: KubernetesObject,
  old: KubernetesObject,
  part: string,
): FieldError[] {
  const errors = validateUpdate(resourceKeyOf(resource), object, old, part);
  if (resource.custom !== undefined)
    errors.push(...validateCustomObject(resource.custom, object, old));
  return errors;
}
