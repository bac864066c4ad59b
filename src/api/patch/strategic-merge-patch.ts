import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import type { KubernetesObject } from '../object.js';
import {
  PATCH,
  RETAIN_KEYS,
  applyMapDirective,
  applyRetainKeys,
  checkElementOrder,
  plainValue,
  readPatchKey,
} from './directives.js';
import { fieldModelOf } from './field-model.js';
import type { JsonMap } from './json-map.js';
import { getOwn, isMap, notAMapText, setOwn } from './json-map.js';
import { mergeKeyOf } from './merge-keys.js';
import type { PatchError } from './patch-error.js';
import { PatchFailure } from './patch-error.js';
import { goTypeOf, mergeList, orderList } from './strategic-list.js';

/**
 * Strategic merge patch for an object of a model (`V1Pod`): maps are merged field by field, lists by the rules of
 * `mergeKeyOf`, and directives are carried out. The object is not changed; parts may be shared with the result.
 */
export function applyStrategicMergePatch(
  model: string,
  object: KubernetesObject,
  patch: unknown,
): Result<KubernetesObject, PatchError> {
  if (!isMap(patch)) return failed({ code: 'malformed', message: notAMapText(patch) });
  try {
    return ok(mergeMap(object, patch, model));
  } catch (error) {
    if (error instanceof PatchFailure) return failed(error.failure);
    throw error;
  }
}

function mergeMap(original: JsonMap, patch: JsonMap, model: string | undefined): JsonMap {
  if (Object.hasOwn(patch, PATCH)) return applyMapDirective(patch[PATCH], patch);
  const result = { ...original };
  applyRetainKeys(result, patch);
  const ordered = applyElementOrders(result, patch, model);
  for (const [key, value] of Object.entries(patch)) {
    if (key === RETAIN_KEYS || ordered.has(key)) continue;
    const patchKey = readPatchKey(key);
    if (patchKey.type === 'set-order') continue;
    if (value === null) Reflect.deleteProperty(result, patchKey.field);
    else if (patchKey.type === 'delete-from-list') deleteFromList(result, patchKey.field, value);
    else mergeField(result, key, value, model);
  }
  return result;
}

function mergeField(
  result: JsonMap,
  field: string,
  patch: unknown,
  model: string | undefined,
): void {
  const original = getOwn(result, field);
  let merged: unknown;
  if (isMap(original) && isMap(patch)) merged = mergeMapField(original, patch, field, model);
  else if (Array.isArray(original) && Array.isArray(patch)) {
    merged = mergeListField(original, patch, field, model);
  } else merged = plainValue(patch);
  if (merged === undefined) Reflect.deleteProperty(result, field);
  else setOwn(result, field, merged);
}

function mergeMapField(
  original: JsonMap,
  patch: JsonMap,
  field: string,
  model: string | undefined,
): JsonMap {
  if (ruleOf(model, field)?.strategy === 'replace') return patch;
  return mergeMap(original, patch, fieldModelOf(model, field));
}

function mergeListField(
  original: readonly unknown[],
  patch: readonly unknown[],
  field: string,
  model: string | undefined,
): readonly unknown[] {
  const rule = ruleOf(model, field);
  if (rule?.strategy !== 'merge') return patch;
  const itemModel = fieldModelOf(model, field);
  return mergeList(original, patch, rule.mergeKey, (a, b) => mergeMap(a, b, itemModel));
}

function ruleOf(model: string | undefined, field: string): ReturnType<typeof mergeKeyOf> {
  return model === undefined ? undefined : mergeKeyOf(model, field);
}

function deleteFromList(result: JsonMap, field: string, patch: unknown): void {
  const original = getOwn(result, field);
  if (!Array.isArray(original) || !Array.isArray(patch)) return;
  const deleted = new Set<unknown>(patch);
  setOwn(
    result,
    field,
    original.filter((item) => !deleted.has(item)),
  );
}

/** Carries out each `$setElementOrder/<field>` along with the list of that field; returns the fields that are done. */
function applyElementOrders(
  result: JsonMap,
  patch: JsonMap,
  model: string | undefined,
): ReadonlySet<string> {
  const done = new Set<string>();
  for (const [key, order] of Object.entries(patch)) {
    const patchKey = readPatchKey(key);
    if (patchKey.type !== 'set-order') continue;
    const list = orderedList(result, patch, patchKey.field, order, model);
    if (list === undefined) continue;
    setOwn(result, patchKey.field, list);
    done.add(patchKey.field);
  }
  return done;
}

function orderedList(
  result: JsonMap,
  patch: JsonMap,
  field: string,
  orderValue: unknown,
  model: string | undefined,
): readonly unknown[] | undefined {
  const order = asList(orderValue);
  const original = Object.hasOwn(result, field) ? asList(result[field]) : undefined;
  const patchList = Object.hasOwn(patch, field) ? asList(patch[field]) : undefined;
  const mergeKey = ruleOf(model, field)?.mergeKey;
  checkElementOrder(patchList ?? [], order, mergeKey);
  let merged = original;
  if (patchList !== undefined) {
    merged =
      original === undefined
        ? (plainValue(patchList) as unknown[])
        : mergeListField(original, patchList, field, model);
  }
  return merged && orderList(merged, order, original ?? [], mergeKey);
}

function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const text = `expected a []interface {}, but received a ${goTypeOf(value)}`;
  throw new PatchFailure('inconsistent', text);
}
