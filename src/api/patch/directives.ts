import { goValue } from './go-value.js';
import type { JsonMap } from './json-map.js';
import { isMap, setOwn } from './json-map.js';
import { PatchFailure } from './patch-error.js';
import { keyOf } from './strategic-list.js';

export const PATCH = '$patch';
export const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM_LIST = '$deleteFromPrimitiveList';
const SET_ORDER = '$setElementOrder';

/** What a key of a patch says, beside being a field. */
export type PatchKey =
  | { readonly type: 'field'; readonly field: string }
  | { readonly type: 'delete-from-list'; readonly field: string }
  | { readonly type: 'set-order'; readonly field: string };

export function readPatchKey(key: string): PatchKey {
  if (key.startsWith(DELETE_FROM_LIST)) {
    const field = fieldAfter(key, DELETE_FROM_LIST, 'invalid patch format of primitive list');
    return { type: 'delete-from-list', field };
  }
  if (key.startsWith(SET_ORDER)) {
    const field = fieldAfter(key, SET_ORDER, SET_ORDER_ERROR);
    return { type: 'set-order', field };
  }
  return { type: 'field', field: key };
}

export const SET_ORDER_ERROR = 'invalid patch format of setElementOrder list';
const RETAIN_KEYS_ERROR = 'invalid patch format of retainKeys';

function fieldAfter(key: string, prefix: string, error: string): string {
  if (key.charAt(prefix.length) !== '/') throw new PatchFailure('malformed', error);
  return key.slice(prefix.length + 1);
}

/** `$patch: replace` puts the patch in the map's place, `$patch: delete` empties it. */
export function applyMapDirective(directive: unknown, patch: JsonMap): JsonMap {
  if (directive === 'delete') return {};
  if (directive === 'replace') {
    const rest = { ...patch };
    Reflect.deleteProperty(rest, PATCH);
    return rest;
  }
  const text = `unknown patch type: ${goValue(directive)} in map: ${goValue(patch)}`;
  throw new PatchFailure('inconsistent', text);
}

/** `$retainKeys`: drops from the (fresh) target what it does not list. The patch may hold only what it lists. */
export function applyRetainKeys(target: JsonMap, patch: JsonMap): void {
  if (!Object.hasOwn(patch, RETAIN_KEYS)) return;
  const list = patch[RETAIN_KEYS];
  if (!Array.isArray(list)) throw new PatchFailure('malformed', RETAIN_KEYS_ERROR);
  const retained = new Set<unknown>(list);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || key === RETAIN_KEYS || readPatchKey(key).type !== 'field') continue;
    if (!retained.has(key)) throw new PatchFailure('malformed', RETAIN_KEYS_ERROR);
  }
  for (const key of Object.keys(target)) {
    if (!retained.has(key)) Reflect.deleteProperty(target, key);
  }
}

/** The items of the patch must be among those of `$setElementOrder`, in the same order. */
export function checkElementOrder(
  patch: readonly unknown[],
  order: readonly unknown[],
  mergeKey: string | undefined,
): void {
  if (patch.length === 0 || order.length === 0) return;
  const items = patch.filter((item) => !(isMap(item) && Object.hasOwn(item, PATCH)));
  let next = 0;
  for (const item of order) {
    if (next < items.length && keyOf(items[next], mergeKey) === keyOf(item, mergeKey)) next++;
  }
  if (next === items.length) return;
  const text =
    `The order in patch list:\n${goValue(patch)}\n` +
    ` doesn't match $setElementOrder list:\n${goValue(order)}\n`;
  throw new PatchFailure('inconsistent', text);
}

/**
 * A part of the patch that has no counterpart: without nulls, and without what carries directives.
 * Undefined where it is itself a directive.
 */
export function plainValue(patch: unknown): unknown {
  if (Array.isArray(patch)) return patch.map(plainValue).filter((item) => item !== undefined);
  if (!isMap(patch)) return patch;
  if (Object.hasOwn(patch, PATCH)) return undefined;
  const plain: JsonMap = {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || key === RETAIN_KEYS || readPatchKey(key).type !== 'field') continue;
    const kept = plainValue(value);
    if (kept !== undefined) setOwn(plain, key, kept);
  }
  return plain;
}
