import { assert, randomBelow } from '../../../base/index.js';
import type { Random } from '../../../base/index.js';

/** An IPv4 network. Its first address and its last are not given out. */
export interface IpRange {
  readonly text: string;
  readonly first: number;
  readonly size: number;
}

/** Reads `10.96.0.0/12`. */
export function ipRange(cidr: string): IpRange {
  const [address = '', bits = ''] = cidr.split('/');
  const base = parseIpv4(address);
  const prefixLength = Number(bits);
  assert(
    base !== undefined && prefixLength >= 1 && prefixLength <= 30,
    `not an IPv4 network: ${cidr}`,
  );
  const size = 2 ** (32 - prefixLength);
  return { text: cidr, first: base - (base % size), size };
}

export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (
    parts.length !== 4 ||
    !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)
  ) {
    return undefined;
  }
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => String(Math.floor(address / 2 ** shift) % 256)).join('.');
}

export function isInRange(range: IpRange, address: number): boolean {
  return address > range.first && address < range.first + range.size - 1;
}

/** The first address that is given out: that of the Service `default/kubernetes`. */
export function firstAddress(range: IpRange): string {
  return formatIpv4(range.first + 1);
}

/**
 * A free address, drawn above a lower band that is kept for those who choose their own (KEP-3070), and in that band
 * where the rest is taken. Undefined: all are taken.
 */
export function drawAddress(
  range: IpRange,
  random: Random,
  isUsed: (address: string) => boolean,
): string | undefined {
  const usable = range.size - 2;
  const band = Math.min(Math.max(16, Math.floor(range.size / 16)), 256);
  const lower = usable > band ? band : 0;
  const draws = usable - lower;
  const start = randomBelow(random, draws);
  for (let step = 0; step < draws; step++) {
    const address = formatIpv4(range.first + 1 + lower + ((start + step) % draws));
    if (!isUsed(address)) return address;
  }
  for (let step = 0; step < lower; step++) {
    const address = formatIpv4(range.first + 1 + step);
    if (!isUsed(address)) return address;
  }
  return undefined;
}
