import type { Operation } from 'fast-json-patch';
import { goQuote } from '../go-quote.js';
import { isMap } from './json-map.js';

/** The map or list that the last part of a pointer looks into; undefined: there is none (RFC 6901). */
export function parentOf(document: unknown, pointer: string): unknown {
  const parts = pointer.split('/').slice(1, -1);
  let at = document;
  for (const part of parts) {
    const key = unescaped(part);
    if (Array.isArray(at)) at = (at as unknown[])[Number(key)];
    else at = isMap(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return isMap(at) || Array.isArray(at) ? at : undefined;
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Why an operation does not fit a document, as Kubernetes tells it (evanphx/json-patch 4); else the first line of the library's error. */
export function failureText(error: unknown, document: unknown, operation: Operation): string {
  const { op, path } = operation;
  const first = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  const name = error instanceof Error ? error.name : '';
  if (name === 'TEST_OPERATION_FAILED') return `testing value ${path} failed: test failed`;
  if (!FITS.test(name)) return first;
  if (op === 'move' || op === 'copy') return sourceText(document, operation) ?? first;
  const parent = parentOf(document, path);
  const missing = op === 'test' ? 'is missing path' : 'doc is missing path';
  if (parent === undefined) {
    const place = op === 'add' || op === 'remove' ? goQuote(path) : path;
    return `${op} operation does not apply: ${missing}: ${place}: missing value`;
  }
  if (op === 'replace')
    return `replace operation does not apply: doc is missing key: ${path}: missing value`;
  const key = unescaped(path.slice(path.lastIndexOf('/') + 1));
  return `error in ${op} for path: '${path}': ${keyText(parent, key)}`;
}

const FITS = /^OPERATION_(PATH|FROM|VALUE_OUT)/;

function keyText(parent: unknown, key: string): string {
  if (!Array.isArray(parent)) return `Unable to remove nonexistent key: ${key}: missing value`;
  return /^[+-]?\d+$/.test(key)
    ? `Unable to access invalid index: ${key}: invalid index referenced`
    : `value was not a proper array index: '${key}': strconv.Atoi: parsing ${goQuote(key)}: invalid syntax`;
}

function sourceText(document: unknown, operation: Operation): string | undefined {
  const { op, path } = operation;
  const { from = '' } = operation as { from?: string };
  const places = [
    ['from', from],
    ['destination', path],
  ] as const;
  const missing = places.find(([, place]) => parentOf(document, place) === undefined);
  if (missing === undefined) return undefined;
  return `${op} operation does not apply: doc is missing ${missing[0]} path: ${missing[1]}: missing value`;
}
