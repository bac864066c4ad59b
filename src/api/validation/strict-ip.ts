import { goQuote } from '../go-quote.js';
import { isCidr, parseIpv4, parseIpv6 } from './ip-address.js';

/*
 * Addresses of newer fields, and the names of IPAddresses: in their canonical text only, so that one address has one
 * name (apimachinery IsValidIP, IsValidCIDR).
 */

const IP_TEXT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const CIDR_TEXT = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/** As Go shows an address: IPv6 in lower case, its longest run of zeros left out (RFC 5952). */
function canonicalIpv6(words: readonly number[]): string {
  const run = longestZeros(words);
  const hex = (part: readonly number[]): string => part.map((word) => word.toString(16)).join(':');
  if (run.count < 2) return hex(words);
  return `${hex(words.slice(0, run.start))}::${hex(words.slice(run.start + run.count))}`;
}

function longestZeros(words: readonly number[]): {
  readonly start: number;
  readonly count: number;
} {
  let best = { start: 0, count: 0 };
  for (let start = 0; start < words.length; start++) {
    let end = start;
    while (words[end] === 0) end++;
    if (end - start > best.count) best = { start, count: end - start };
  }
  return best;
}

/** `::ffff:10.0.0.1`. */
function isMapped(words: readonly number[]): boolean {
  return words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff;
}

/** Four parts of digits that are an address but for zeros in front. */
function withoutLeadingZeros(text: string): string {
  return text.replace(/(^|[.:])0+(?=\d)/g, '$1');
}

export function strictIpProblems(text = ''): string[] {
  if (parseIpv4(text) !== undefined) return [];
  const words = parseIpv6(text);
  if (words === undefined) {
    const isSloppy = parseIpv4(withoutLeadingZeros(text)) !== undefined;
    return [isSloppy ? 'must not have leading 0s' : IP_TEXT];
  }
  if (isMapped(words)) return ['must not be an IPv4-mapped IPv6 address'];
  return canonicalProblems(text, canonicalIpv6(words));
}

function canonicalProblems(text: string, canonical: string): string[] {
  return text === canonical ? [] : [`must be in canonical form (${goQuote(canonical)})`];
}

export function strictCidrProblems(text = ''): string[] {
  const [address = '', length = ''] = text.split('/', 2);
  if (!isCidr(text)) {
    const plain = `${withoutLeadingZeros(address)}/${length.replace(/^0+(?=\d)/, '')}`;
    const isSloppy = !text.includes(':') && isCidr(plain);
    return [isSloppy ? 'must not have leading 0s in IP or prefix length' : CIDR_TEXT];
  }
  const ipv4 = parseIpv4(address);
  const words = parseIpv6(address) ?? [];
  if (ipv4 === undefined && isMapped(words)) return ['must not have an IPv4-mapped IPv6 address'];
  const [parts, width] = ipv4 === undefined ? [words, 16] : [ipv4, 8];
  const bits = parts.map((each) => each.toString(2).padStart(width, '0')).join('');
  if (bits.slice(Number(length)).includes('1'))
    return ['must not have bits set beyond the prefix length'];
  const canonical = ipv4 === undefined ? canonicalIpv6(words) : address;
  return canonicalProblems(text, `${canonical}/${length}`);
}
