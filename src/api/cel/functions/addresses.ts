import { goQuote } from '../../go-quote.js';
import { parseIpv4, parseIpv6 } from '../../validation/ip-address.js';
import type { Overload } from '../function.js';
import { define, method } from '../function.js';
import type { Opaque } from '../value.js';
import { EvaluationError } from '../value.js';

const IP = 'net.IP';
const CIDR = 'net.CIDR';

/** Four or sixteen bytes, and for a network how many of its bits its addresses share. */
interface Address {
  readonly bytes: readonly number[];
  readonly bits: number;
}

function bytesOf(text: string): readonly number[] | undefined {
  const ipv4 = parseIpv4(text);
  if (ipv4 !== undefined) return ipv4;
  return parseIpv6(text)?.flatMap((word) => [word >> 8, word & 0xff]);
}

/** `::ffff:10.0.0.1` is refused: who reads it could take it for either family. */
function isMapped(bytes: readonly number[]): boolean {
  return (
    bytes.length === 16 &&
    bytes.slice(0, 10).every((byte) => byte === 0) &&
    bytes[10] === 0xff &&
    bytes[11] === 0xff
  );
}

function readIp(text: string): Address | string {
  const bytes = bytesOf(text);
  if (bytes === undefined) {
    const reason = `ParseAddr(${goQuote(text)}): unable to parse IP`;
    return `IP Address ${goQuote(text)} parse error during conversion from string: ${reason}`;
  }
  if (isMapped(bytes)) return `IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`;
  return { bytes, bits: bytes.length * 8 };
}

function readCidr(text: string): Address | string {
  const [address = '', bits = ''] = text.split('/');
  const bytes = bytesOf(address);
  const wrong = 'network address parse error during conversion from string';
  const isRight = /^(0|[1-9]\d{0,2})$/.test(bits) && text.split('/').length === 2;
  if (bytes === undefined || !isRight || Number(bits) > bytes.length * 8)
    return `${wrong}: netip.ParsePrefix(${goQuote(text)}): ${bits === '' ? "no '/'" : 'unable to parse IP'}`;
  if (isMapped(bytes)) return `IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`;
  return { bytes, bits: Number(bits) };
}

function wrap(type: string, content: Address): Opaque {
  return {
    kind: 'opaque',
    type,
    content,
    size: Math.ceil(content.bits / 8),
    equals: (other) => show(other) === showAddress(type, content),
  };
}

function make(type: string, read: (text: string) => Address | string): (text: string) => Opaque {
  return (text) => {
    const found = read(text);
    if (typeof found !== 'string') return wrap(type, found);
    const isNetwork = type === CIDR && !found.startsWith('network');
    throw new EvaluationError(
      isNetwork ? `network address parse error during conversion from string: ${found}` : found,
    );
  };
}

function contentOf({ content }: Opaque): Address {
  return content as Address;
}

function show(value: Opaque): string {
  return showAddress(value.type, contentOf(value));
}

function showAddress(type: string, { bytes, bits }: Address): string {
  const text = bytes.length === 4 ? bytes.join('.') : showIpv6(bytes);
  return type === CIDR ? `${text}/${String(bits)}` : text;
}

/** The longest run of zeros, and of several the first, becomes `::` (RFC 5952). */
function showIpv6(bytes: readonly number[]): string {
  const words = Array.from(
    { length: 8 },
    (_none, at) => (bytes[at * 2] ?? 0) * 256 + (bytes[at * 2 + 1] ?? 0),
  );
  const text = words.map((word) => word.toString(16)).join(':');
  const runs = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map((found) => found[0]);
  const longest = runs.reduce((best, run) => (zeros(run) > zeros(best) ? run : best), '');
  if (longest === '') return text;
  const at = text.indexOf(longest);
  return `${text.slice(0, at)}::${text.slice(at + longest.length).replace(/^:/, '')}`;
}

function zeros(run: string): number {
  return run.split('0').length - 1;
}

function masked({ bytes, bits }: Address): readonly number[] {
  return bytes.map((byte, at) => {
    const kept = Math.min(8, Math.max(0, bits - at * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
}

/** Whether what is in the second is in the first. */
function holds(whole: Opaque, part: Opaque): boolean {
  const [network, inner] = [contentOf(whole), contentOf(part)];
  if (network.bytes.length !== inner.bytes.length || network.bits > inner.bits) return false;
  const other = masked({ bytes: inner.bytes, bits: network.bits });
  return masked(network).every((byte, at) => byte === other[at]);
}

const test =
  (
    v4: (bytes: readonly number[]) => boolean,
    v6: (bytes: readonly number[]) => boolean,
  ): ((value: Opaque) => boolean) =>
  (value) => {
    const { bytes } = contentOf(value);
    return bytes.length === 4 ? v4(bytes) : v6(bytes);
  };
const allZero = (bytes: readonly number[]): boolean => bytes.every((byte) => byte === 0);
const isUnspecified = test(allZero, allZero);
const isLoopback = test(
  ([first]) => first === 127,
  (bytes) => allZero(bytes.slice(0, 15)) && bytes[15] === 1,
);
const isLinkLocal = test(
  ([first, second]) => first === 169 && second === 254,
  ([first = 0, second = 0]) => first === 0xfe && (second & 0xc0) === 0x80,
);
const isLinkLocalMulticast = test(
  ([first, second, third]) => first === 224 && second === 0 && third === 0,
  ([first, second = 0]) => first === 0xff && (second & 0x0f) === 2,
);
const isMulticast = test(
  ([first = 0]) => first >= 224 && first < 240,
  ([first]) => first === 0xff,
);
const isBroadcast = test(
  (bytes) => bytes.every((byte) => byte === 255),
  () => false,
);
const isGlobal = (value: Opaque): boolean =>
  ![isUnspecified, isLoopback, isLinkLocal, isMulticast, isBroadcast].some((each) => each(value));

const ip = make(IP, readIp);
const cidr = make(CIDR, readCidr);

export const ADDRESSES: readonly Overload[] = [
  define('ip', ['string'], IP, ip),
  define('isIP', ['string'], 'bool', (text: string) => typeof readIp(text) !== 'string'),
  define('ip.isCanonical', ['string'], 'bool', (text: string) => show(ip(text)) === text),
  define('string', [IP], 'string', show),
  method('family', [IP], 'int', (value: Opaque) => (contentOf(value).bytes.length === 4 ? 4n : 6n)),
  method('isUnspecified', [IP], 'bool', isUnspecified),
  method('isLoopback', [IP], 'bool', isLoopback),
  method('isLinkLocalMulticast', [IP], 'bool', isLinkLocalMulticast),
  method('isLinkLocalUnicast', [IP], 'bool', isLinkLocal),
  method('isGlobalUnicast', [IP], 'bool', isGlobal),
  define('cidr', ['string'], CIDR, cidr),
  define('isCIDR', ['string'], 'bool', (text: string) => typeof readCidr(text) !== 'string'),
  define('string', [CIDR], 'string', show),
  method('containsIP', [CIDR, 'string'], 'bool', (whole: Opaque, text: string) =>
    holds(whole, ip(text)),
  ),
  method('containsIP', [CIDR, IP], 'bool', holds),
  method('containsCIDR', [CIDR, 'string'], 'bool', (whole: Opaque, text: string) =>
    holds(whole, cidr(text)),
  ),
  method('containsCIDR', [CIDR, CIDR], 'bool', holds),
  method('ip', [CIDR], IP, (value: Opaque) => {
    const { bytes } = contentOf(value);
    return wrap(IP, { bytes, bits: bytes.length * 8 });
  }),
  method('prefixLength', [CIDR], 'int', (value: Opaque) => BigInt(contentOf(value).bits)),
  method('masked', [CIDR], CIDR, (value: Opaque) => {
    const content = contentOf(value);
    return wrap(CIDR, { bytes: masked(content), bits: content.bits });
  }),
];
