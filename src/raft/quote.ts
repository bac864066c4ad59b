import { assertDefined } from '../base/index.js';

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x0c, '\\f'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
  [0x0b, '\\v'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);

/**
 * Bytes as Go's `%q` prints them: UTF-8 in double quotes, what is not printable escaped, stray
 * bytes as `\xNN`.
 */
export function quoteBytes(data: Uint8Array): string {
  let out = '"';
  for (let at = 0; at < data.length; ) {
    const rune = runeAt(data, at);
    out +=
      rune === null ? `\\x${hexDigits(assertDefined(data[at], 'byte'), 2)}` : quoteRune(rune.code);
    at += rune?.bytes ?? 1;
  }
  return `${out}"`;
}

function quoteRune(code: number): string {
  const escape = ESCAPES.get(code);
  if (escape !== undefined) return escape;
  const text = String.fromCodePoint(code);
  if (code === 0x20 || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(text)) return text;
  if (code < 0x20 || code === 0x7f) return `\\x${hexDigits(code, 2)}`;
  return code < 0x10000 ? `\\u${hexDigits(code, 4)}` : `\\U${hexDigits(code, 8)}`;
}

function hexDigits(value: number, width: number): string {
  return value.toString(16).padStart(width, '0');
}

/** The code point whose UTF-8 encoding starts here, or null where the bytes are not valid UTF-8. */
function runeAt(
  data: Uint8Array,
  at: number,
): { readonly code: number; readonly bytes: number } | null {
  const first = assertDefined(data[at], 'byte');
  if (first < 0x80) return { code: first, bytes: 1 };
  const bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + bytes > data.length) return null;
  let code = first & (0x7f >> bytes);
  for (let next = at + 1; next < at + bytes; next++) {
    const byte = assertDefined(data[next], 'byte');
    if (byte >> 6 !== 0b10) return null;
    code = code * 64 + (byte & 0x3f);
  }
  const shortest = bytes === 4 ? 0x10000 : bytes === 3 ? 0x800 : 0x80;
  const surrogate = code >= 0xd800 && code <= 0xdfff;
  return code < shortest || code > 0x10ffff || surrogate ? null : { code, bytes };
}
