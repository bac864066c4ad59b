import jsonPatch from 'fast-json-patch';
import type { Operation } from 'fast-json-patch';
import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import type { KubernetesObject } from '../object.js';
import { isMap, notAMapText } from './json-map.js';
import type { PatchError } from './patch-error.js';

const OPERATIONS_MAX = 10_000;
const OPERATION_NAMES: ReadonlySet<unknown> = new Set([
  'add',
  'remove',
  'replace',
  'move',
  'copy',
  'test',
]);

/** RFC 6902. The object is not changed, and the result shares nothing with it. */
export function applyJsonPatch(
  object: KubernetesObject,
  patch: unknown,
): Result<KubernetesObject, PatchError> {
  const operations = readOperations(patch);
  if (!operations.ok) return operations;
  try {
    const { newDocument } = jsonPatch.applyPatch<unknown>(
      object,
      operations.value,
      true,
      false,
      true,
    );
    if (isMap(newDocument)) return ok(newDocument);
    return failed({ code: 'unprocessable', message: notAMapText(newDocument) });
  } catch (error) {
    return failed({ code: 'unprocessable', message: failureText(error) });
  }
}

function readOperations(patch: unknown): Result<readonly Operation[], PatchError> {
  if (!Array.isArray(patch)) {
    const message = notAMapText(patch, 'jsonpatch.Patch');
    return failed({ code: 'malformed', message });
  }
  if (patch.length > OPERATIONS_MAX) {
    const allowed = `The allowed maximum operations in a JSON patch is ${String(OPERATIONS_MAX)}`;
    return failed({ code: 'too-large', message: `${allowed}, got ${String(patch.length)}` });
  }
  const operations: Operation[] = [];
  for (const item of patch as unknown[]) {
    if (!isMap(item)) {
      return failed({ code: 'malformed', message: notAMapText(item, 'jsonpatch.Operation') });
    }
    if (!OPERATION_NAMES.has(item['op'])) {
      const name = typeof item['op'] === 'string' ? item['op'] : '';
      return failed({ code: 'unprocessable', message: `Unexpected kind: ${name}` });
    }
    operations.push(readOperation(item));
  }
  return ok(operations);
}

/**
 * With a value of its own, since the library puts it into the document, where later operations change it. An absent
 * value is null, as in Go's library.
 */
function readOperation(item: Record<string, unknown>): Operation {
  const needsValue = item['op'] === 'add' || item['op'] === 'replace' || item['op'] === 'test';
  const value = needsValue ? { value: jsonPatch.deepClone(item['value'] ?? null) as unknown } : {};
  return { ...item, ...value } as unknown as Operation;
}

/** The first line of the library's error: the rest repeats operation and document. */
function failureText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}
