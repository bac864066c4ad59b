import { shortened } from '../shortened.js';

/** Kubernetes' decoder tells of no more. */
const STRICT_ERRORS_MAX = 100;

/** What strict decoding says of each field that is there twice, or that is not known. */
export function strictErrors(
  duplicates: readonly string[],
  unknown: readonly string[],
): readonly string[] {
  const told = duplicates.slice(0, STRICT_ERRORS_MAX);
  return [
    ...told.map((path) => `duplicate field "${shortened(path)}"`),
    ...unknown
      .slice(0, STRICT_ERRORS_MAX - told.length)
      .map((path) => `unknown field "${shortened(path)}"`),
  ];
}

/** `strict decoding error: duplicate field "a", unknown field "spec.b"`; undefined where there is nothing to say. */
export function strictDecodingError(
  duplicates: readonly string[],
  unknown: readonly string[],
): string | undefined {
  const found = strictErrors(duplicates, unknown);
  return found.length === 0 ? undefined : `strict decoding error: ${found.join(', ')}`;
}
