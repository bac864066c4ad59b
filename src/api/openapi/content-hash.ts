/**
 * Sixteen hexadecimal digits that change with the bytes: two runs of FNV-1a (32 bits) from different beginnings. It
 * tells clients' caches apart; it is no protection against forgery.
 */
export function contentHash(bytes: Uint8Array): string {
  let first = 0x811c9dc5;
  let second = 0x9747b28c;
  for (const byte of bytes) {
    first = Math.imul(first ^ byte, 0x01000193);
    second = Math.imul(second ^ byte, 0x01000193);
  }
  return [first, second]
    .map((half) => (half >>> 0).toString(16).padStart(8, '0'))
    .join('')
    .toUpperCase();
}
