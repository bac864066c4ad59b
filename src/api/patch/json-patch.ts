import jsonPatch from 'fast-json-patch';
import type { Operation } from 'fast-json-patch';
import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import type { KubernetesObject } from '../object.js';
import { isMap, notAMapText } from './json-map.js';
import { failureText, parentOf } from './json-patch-words.js';
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

/** RFC 6902, as Kubernetes' library has it. The object is not changed, and the result shares nothing with it. */
export function applyJsonPatch(
  object: KubernetesObject,
  patch: unknown,
): Result<KubernetesObject, PatchError> {
  const operations = readOperations(patch);
  if (!operations.ok) return operations;
  let document: unknown = jsonPatch.deepClone(object);
  for (const operation of operations.value) {
    const applied = applyOne(document, operation);
    if (!applied.ok) return applied;
    document = applied.value;
  }
  if (isMap(document)) return ok(document);
  return failed({ code: 'unprocessable', message: notAMapText(document) });
}

function applyOne(document: unknown, operation: Operation): Result<unknown, PatchError> {
  // What a map does not have can be replaced in it: Kubernetes' library looks at the places of lists alone.
  const sets = operation.op === 'replace' && isMap(parentOf(document, operation.path));
  const carried: Operation = sets ? { ...operation, op: 'add' } : operation;
  try {
    return ok(jsonPatch.applyOperation(document, carried, true, true, true).newDocument);
  } catch (error) {
    const failedTest = error instanceof Error && error.name === 'TEST_OPERATION_FAILED';
    const code = failedTest ? 'test-failed' : 'unprocessable';
    return failed({ code, message: failureText(error, document, operation) });
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
