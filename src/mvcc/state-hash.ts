import { firstRetained } from './compaction.js';
import { ALL_KEYS } from './key-range.js';
import type { KeyEntry } from './key-index.js';
import { recordBytes } from './mvcc-state.js';
import type { MvccState } from './mvcc-state.js';
import type { KeyValue } from './request.js';

/** What it takes to look at a key that has nothing to hash. */
const ENTRY_BYTES = 64;

/**
 * A digest of plain values, 64 bits in two lanes of FNV-1a's kind (Fowler, Noll, Vo), each turned on between steps. It
 * tells replicas that differ by a fault apart; it is no protection against an adversary.
 */
export interface Hasher {
  number(value: number): void;
  bigint(value: bigint): void;
  text(value: string): void;
  bytes(value: Uint8Array): void;
  /** 16 hexadecimal digits. */
  digest(): string;
}

export function createHasher(): Hasher {
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  const mix = (word: number): void => {
    high = Math.imul(high ^ word, 0x01000193);
    low = Math.imul((low << 5) | (low >>> 27), 0x85ebca6b) ^ word;
    high ^= low >>> 15;
  };
  const number = (value: number): void => {
    mix(value >>> 0);
    mix(Math.floor(value / 2 ** 32) >>> 0);
  };
  return {
    number,
    bigint(value) {
      number(Number(BigInt.asUintN(32, value)));
      number(Number(BigInt.asUintN(32, value >> 32n)));
    },
    text(value) {
      number(value.length);
      for (let at = 0; at < value.length; at++) mix(value.charCodeAt(at));
    },
    bytes(value) {
      number(value.length);
      // Four at a time: a store of a GB is hashed too.
      const whole = value.length - (value.length % 4);
      for (let at = 0; at < whole; at += 4) mix(wordAt(value, at));
      for (let at = whole; at < value.length; at++) mix(value[at] as number);
    },
    digest: () => hex(high) + hex(low),
  };
}

/**
 * Adds everything that replicas must agree on. What a compaction has not yet swept away is passed over, since replicas
 * sweep at their own pace.
 */
export function hashMvcc(state: MvccState, hasher: Hasher): void {
  hasher.number(state.currentRevision);
  hasher.number(state.compactRevision);
  state.index.scan(ALL_KEYS, (entry) => {
    hashEntry(entry, state.compactRevision, state.currentRevision, hasher);
    return true;
  });
  for (const lease of state.leases.list()) {
    hasher.bigint(lease.id);
    hasher.number(lease.ttlSeconds);
    hasher.number(lease.remainingTtlSeconds);
    hasher.number(lease.keys.size);
  }
}

/**
 * Adds what a compaction keeps of a key, up to a revision. Returns the bytes that it has looked at; about, and never 0.
 */
export function hashEntry(
  entry: KeyEntry,
  compactRevision: number,
  upTo: number,
  hasher: Hasher,
): number {
  let bytes = ENTRY_BYTES;
  let named = false;
  for (let at = firstRetained(entry, compactRevision); at < entry.versions.length; at++) {
    const version = entry.versions[at] as KeyValue;
    if (version.modRevision > upTo) break;
    if (!named) hasher.text(entry.key);
    named = true;
    hasher.number(version.createRevision);
    hasher.number(version.modRevision);
    hasher.number(version.version);
    hasher.bigint(version.lease);
    hasher.bytes(version.value);
    bytes += recordBytes(version);
  }
  return bytes;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
