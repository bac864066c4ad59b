import { isJsonMap } from './json-schema.js';

/** Whether two JSON values are the same, whatever the order of their keys. */
export function jsonEqualStrict(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return (
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => jsonEqualStrict(item, b[index]))
    );
  if (!isJsonMap(a) || !isJsonMap(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && jsonEqualStrict(a[name], b[name]))
  );
}

/** A text that two JSON values share only where they are the same. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    isJsonMap(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
