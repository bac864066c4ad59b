import { assertDefined } from '../base/index.js';
import { EntryType } from './message.js';
import type { Entry } from './message.js';

/**
 * The bytes of an entry as raftpb encodes it, which is what `maxSizePerMsg` and
 * `maxCommittedSizePerReady` count: a tag and a varint each for term and index, two bytes for a
 * type that is not normal, and the length-prefixed data.
 */
export function entrySizeBytes(entry: Entry): number {
  const typeBytes = entry.type === EntryType.normal ? 0 : 2;
  const length = entry.data.length;
  const dataBytes = length === 0 ? 0 : 1 + varintSizeBytes(length) + length;
  return typeBytes + 2 + varintSizeBytes(entry.term) + varintSizeBytes(entry.index) + dataBytes;
}

export function entriesSizeBytes(entries: readonly Entry[]): number {
  let total = 0;
  for (const entry of entries) total += entrySizeBytes(entry);
  return total;
}

/**
 * The bytes of data alone, which is what the uncommitted and in-flight limits count: a no-op counts
 * nothing.
 */
export function payloadsSizeBytes(entries: readonly Entry[]): number {
  let total = 0;
  for (const entry of entries) total += entry.data.length;
  return total;
}

/**
 * The longest prefix within `maxSizeBytes`, but at least one entry where there is one. May return
 * its argument.
 */
export function limitSize(entries: readonly Entry[], maxSizeBytes: number): readonly Entry[] {
  if (entries.length <= 1 || maxSizeBytes === Infinity) return entries;
  let total = entrySizeBytes(assertDefined(entries[0], 'first entry'));
  for (let count = 1; count < entries.length; count++) {
    total += entrySizeBytes(assertDefined(entries[count], 'entry'));
    if (total > maxSizeBytes) return entries.slice(0, count);
  }
  return entries;
}

function varintSizeBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}
