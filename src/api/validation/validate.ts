import type { KubernetesObject } from '../object.js';
import type { FieldError } from './field-error.js';
import { dnsSubdomainProblems } from './names.js';
import { checkObjectMeta, checkObjectMetaUpdate } from './object-meta.js';
import { ruleOf } from './rules.js';

/**
 * What is wrong with an object that is to be created; empty where nothing is. It has its defaults, its name and
 * its namespace already. `key` is that of `resourceKeyOf`; of a resource without rules only the metadata is checked.
 */
export function validateCreate(key: string, object: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  const rule = ruleOf(key);
  const metadata = object.metadata ?? {};
  const namespaced = metadata.namespace !== undefined;
  checkObjectMeta(metadata, rule?.name ?? { namespaced, problems: dnsSubdomainProblems }, errors);
  rule?.create?.(object, errors);
  return errors;
}

/**
 * The same for an update, with what may not change. `subresource` is empty for the object itself, or `status`:
 * then only what that subresource writes is looked at. For any other it is what the rule
 * has for it, else (`finalize`) what creation checks.
 */
export function validateUpdate(
  key: string,
  object: KubernetesObject,
  old: KubernetesObject,
  subresource = '',
): FieldError[] {
  const errors: FieldError[] = [];
  const rule = ruleOf(key);
  checkObjectMetaUpdate(object.metadata ?? {}, old.metadata ?? {}, errors);
  if (subresource === 'status') rule?.status?.(object, old, errors);
  else if (rule?.parts?.[subresource] !== undefined) rule.parts[subresource](object, old, errors);
  else if (subresource === '' && rule?.update !== undefined) rule.update(object, old, errors);
  else rule?.create?.(object, errors);
  return errors;
}
