import { safeEncode } from '../api/index.js';
import { canonicalJson } from './canonical-json.js';

/**
 * FNV-1a (32 bits) of a value with its fields in order, and of the collision count. It is written in the safe alphabet, so
 * that it can be part of names.
 */
export function objectHash(value: unknown, collisionCount = 0): string {
  const text = canonicalJson(value) + (collisionCount === 0 ? '' : `#${String(collisionCount)}`);
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return safeEncode(String(hash >>> 0));
}
