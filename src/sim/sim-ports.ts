import type { Clock, Crypto, Log, Random } from '../base/index.js';
import { sha256 } from './sha256.js';

/** Virtual 1 January 2026. */
export const WALL_ORIGIN_MS = 1_767_225_600_000;

export function virtualClock(nowMs: () => number, after: Clock['after']): Clock {
  return { monotonicMs: nowMs, wallMs: () => WALL_ORIGIN_MS + nowMs(), after };
}

/** Cryptography that follows from a seed. */
export function seededCrypto(random: Random): Crypto {
  const randomBytes = (count: number): Uint8Array =>
    new Uint8Array(count).map(() => random.uint32() & 0xff);
  return {
    randomBytes,
    sha256,
    uuid: () => {
      const hex = [...randomBytes(16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
  };
}

export function logTo(write: (level: string, message: string, fields: unknown) => void): Log {
  const line = (level: string) => (message: string, fields?: unknown) => {
    write(level, message, fields);
  };
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}
