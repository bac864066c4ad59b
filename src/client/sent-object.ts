import type { ApiObject } from './resource-descriptor.js';

/** Set by the server, or changed by it and by others right after a create. */
const SERVER_FIELDS = new Set([
  'resourceVersion',
  'uid',
  'creationTimestamp',
  'generation',
  'managedFields',
  'selfLink',
]);

/**
 * Whether `found` may be what came of sending `sent`: each field that was sent is there with the same value; the server may
 * have added others (defaults, admission). Tells, after a create whose answer was lost, an own object from a stranger's.
 */
export function cameOf(sent: ApiObject, found: ApiObject): boolean {
  return Object.entries(sent).every(([field, value]) => {
    if (field === 'status' || field === 'apiVersion' || field === 'kind') return true;
    if (field !== 'metadata') return contains((found as Record<string, unknown>)[field], value);
    return Object.entries(value as object).every(
      ([name, meta]) =>
        SERVER_FIELDS.has(name) ||
        contains((found.metadata as Record<string, unknown> | undefined)?.[name], meta),
    );
  });
}

function contains(found: unknown, sent: unknown): boolean {
  if (sent === undefined || sent === null) return true;
  if (Array.isArray(sent)) {
    return (
      Array.isArray(found) &&
      found.length >= sent.length &&
      sent.every((item, at) => contains(found[at], item))
    );
  }
  if (typeof sent === 'object') {
    if (typeof found !== 'object' || found === null) return Object.keys(sent).length === 0;
    return Object.entries(sent).every(([field, value]) =>
      contains((found as Record<string, unknown>)[field], value),
    );
  }
  return found === sent;
}
