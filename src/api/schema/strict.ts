/** `strict decoding error: duplicate field "a", unknown field "spec.b"`; undefined where there is nothing to say. */
export function strictDecodingError(
  duplicates: readonly string[],
  unknown: readonly string[],
): string | undefined {
  const found = [
    ...duplicates.map((path) => `duplicate field "${path}"`),
    ...unknown.map((path) => `unknown field "${path}"`),
  ];
  return found.length === 0 ? undefined : `strict decoding error: ${found.join(', ')}`;
}
