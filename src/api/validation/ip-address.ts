import type { Errors } from './checks.js';
import { invalid } from './field-error.js';

/** The four bytes of a dotted address without leading zeros; undefined for anything else. */
export function parseIpv4(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  if (!parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

/** The eight words of an IPv6 address (RFC 4291 §2.2), zone ids left out; undefined for anything else. */
export function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (!text.includes(':') || halves.length > 2) return undefined;
  const head = parseWords(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? parseWords(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1) return missing === 0 ? head : undefined;
  return missing > 0 ? [...head, ...Array<number>(missing).fill(0), ...tail] : undefined;
}

/** Groups of hexadecimal digits; the last may be an IPv4 address. */
function parseWords(text: string, atEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const words: number[] = [];
  const groups = text.split(':');
  for (const [place, group] of groups.entries()) {
    const ipv4 = atEnd && place === groups.length - 1 ? parseIpv4(group) : undefined;
    if (ipv4 !== undefined) {
      const [a = 0, b = 0, c = 0, d = 0] = ipv4;
      words.push(a * 256 + b, c * 256 + d);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(group)) words.push(Number.parseInt(group, 16));
    else return undefined;
  }
  return words;
}

export function isIp(text: string): boolean {
  return parseIpv4(text) !== undefined || parseIpv6(text) !== undefined;
}

const IP_TEXT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

export function checkIp(text: string | undefined, field: string, errors: Errors): void {
  if (!isIp(text ?? '')) errors.push(invalid(field, text ?? '', IP_TEXT));
}

/** `10.0.0.0/8`, `2001:db8::/64`. */
export function isCidr(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash < 0 || !/^(0|[1-9][0-9]{0,2})$/.test(text.slice(slash + 1))) return false;
  const bits = Number(text.slice(slash + 1));
  const address = text.slice(0, slash);
  if (parseIpv4(address) !== undefined) return bits <= 32;
  return parseIpv6(address) !== undefined && bits <= 128;
}

/** Whether the second is a part of the first, and not all of it. Both are valid. */
export function cidrContains(cidr: string, part: string): boolean {
  const [whole, inner] = [networkBits(cidr), networkBits(part)];
  return (
    inner.length > whole.length &&
    inner.startsWith(whole) &&
    cidr.includes(':') === part.includes(':')
  );
}

/** The bits that all addresses of a network share, as text. */
function networkBits(cidr: string): string {
  const [address = '', bits = ''] = cidr.split('/');
  const ipv4 = parseIpv4(address);
  const width = ipv4 === undefined ? 16 : 8;
  const parts = ipv4 ?? parseIpv6(address) ?? [];
  const all = parts.map((each) => each.toString(2).padStart(width, '0')).join('');
  return all.slice(0, Number(bits));
}

/** An address that traffic can be sent to: an endpoint's, or an external one. */
export function checkUnicastIp(address: string | undefined, field: string, errors: Errors): void {
  const text = address ?? '';
  if (!isIp(text)) {
    errors.push(invalid(field, text, IP_TEXT));
    return;
  }
  for (const [isSpecial, problem] of SPECIAL) {
    if (isSpecial(text)) errors.push(invalid(field, text, problem));
  }
}

type IpTest = (text: string) => boolean;

function ipTest(
  v4: (bytes: readonly number[]) => boolean,
  v6: (words: readonly number[]) => boolean,
): IpTest {
  return (text) => {
    const bytes = parseIpv4(text);
    if (bytes !== undefined) return v4(bytes);
    const words = parseIpv6(text);
    return words !== undefined && v6(words);
  };
}

function endsWith(words: readonly number[], last: number): boolean {
  return words.every((word, place) => word === (place === 7 ? last : 0));
}

const SPECIAL: readonly (readonly [IpTest, string])[] = [
  [
    ipTest(
      (bytes) => bytes.every((byte) => byte === 0),
      (words) => endsWith(words, 0),
    ),
    'may not be unspecified (0.0.0.0 or ::)',
  ],
  [
    ipTest(
      ([a]) => a === 127,
      (words) => endsWith(words, 1),
    ),
    'may not be in the loopback range (127.0.0.0/8, ::1/128)',
  ],
  [
    ipTest(
      ([a, b]) => a === 169 && b === 254,
      ([word = 0]) => (word & 0xffc0) === 0xfe80,
    ),
    'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
  ],
  [
    ipTest(
      ([a, b, c]) => a === 224 && b === 0 && c === 0,
      ([word = 0]) => (word & 0xff0f) === 0xff02,
    ),
    'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
  ],
];
