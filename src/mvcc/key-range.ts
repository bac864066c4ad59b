import type { Key, KeyRange } from './request.js';

/** The bounds that a KeyRange means: `low <= key < high`. No `high`: to the end of the key space. */
export interface KeyBounds {
  readonly low: Key;
  readonly high: Key | undefined;
}

/** etcd's `rangeEnd` of "all keys from here on". */
export const RANGE_END_OF_ALL = '\0';

export const ALL_KEYS: KeyBounds = { low: '', high: undefined };

/** True where the request names one key. An empty `rangeEnd` means the same as none. */
export function isSingleKey(range: KeyRange): boolean {
  return range.rangeEnd === undefined || range.rangeEnd === '';
}

export function boundsOf(range: KeyRange): KeyBounds {
  if (isSingleKey(range)) return { low: range.key, high: `${range.key}\0` };
  return { low: range.key, high: range.rangeEnd === RANGE_END_OF_ALL ? undefined : range.rangeEnd };
}

/** No key can lie in it. */
export function isEmptyRange(range: KeyRange): boolean {
  const { low, high } = boundsOf(range);
  return high !== undefined && high <= low;
}

export function withinBounds(bounds: KeyBounds, key: Key): boolean {
  return key >= bounds.low && (bounds.high === undefined || key < bounds.high);
}

/** The `rangeEnd` of all keys with a prefix: the prefix with its last byte that can grow grown by one. */
export function prefixEnd(prefix: Key): Key {
  for (let at = prefix.length - 1; at >= 0; at--) {
    const byte = prefix.charCodeAt(at);
    if (byte < 0xff) return prefix.slice(0, at) + String.fromCharCode(byte + 1);
  }
  return RANGE_END_OF_ALL;
}
