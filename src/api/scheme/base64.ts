import { assert } from '../../base/index.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PADDING = '=';

let values: Int8Array | undefined;

/** What each character stands for; -1: it is none of the alphabet. */
function characterValues(): Int8Array {
  if (values) return values;
  values = new Int8Array(128).fill(-1);
  for (let value = 0; value < ALPHABET.length; value++) values[ALPHABET.charCodeAt(value)] = value;
  return values;
}

/** RFC 4648 base64 with padding, as Go's encoding/json writes `[]byte`. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const count = Math.min(3, bytes.length - at);
    const group = byteAt(bytes, at) * 65536 + byteAt(bytes, at + 1) * 256 + byteAt(bytes, at + 2);
    for (let place = 0; place < 4; place++) {
      text += place > count ? PADDING : ALPHABET.charAt((group >> (18 - place * 6)) & 63);
    }
  }
  return text;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

/**
 * The bytes, or the place of the character that does not belong (`illegal base64 data at input byte N`). Line
 * breaks are passed over, as Go does.
 */
export function decodeBase64(text: string): { bytes: Uint8Array } | { illegalAt: number } {
  const table = characterValues();
  const bytes = new Uint8Array(Math.ceil((text.length * 3) / 4));
  let length = 0;
  let group = 0;
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\n' || character === '\r') continue;
    if (character === PADDING)
      return finishPadded(text, at, bytes.subarray(0, length), group, count);
    const value = table[text.charCodeAt(at)] ?? -1;
    if (value < 0) return { illegalAt: at };
    group = (group << 6) | value;
    if (++count < 4) continue;
    bytes[length++] = group >> 16;
    bytes[length++] = (group >> 8) & 255;
    bytes[length++] = group & 255;
    group = 0;
    count = 0;
  }
  return count === 0 ? { bytes: bytes.slice(0, length) } : { illegalAt: text.length };
}

/** The last group: two characters and `==`, or three and `=`, and nothing but line breaks behind. */
function finishPadded(
  text: string,
  at: number,
  head: Uint8Array,
  group: number,
  count: number,
): { bytes: Uint8Array } | { illegalAt: number } {
  if (count < 2) return { illegalAt: at };
  const rest = text.slice(at).replaceAll(/[\r\n]/g, '');
  if (rest !== PADDING.repeat(4 - count)) return { illegalAt: Math.min(at + 1, text.length) };
  const tail = count === 2 ? [(group >> 4) & 255] : [(group >> 10) & 255, (group >> 2) & 255];
  assert(tail.length === count - 1, 'a padded group holds one or two bytes');
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return { bytes };
}
