import { randomBelow } from '../base/index.js';
import type { Random } from '../base/index.js';

/** Letters and digits that spell no words and cannot be mistaken for each other (apimachinery util/rand). */
const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
/** A generated name fits a DNS label (63). */
const BASE_LENGTH_MAX = 63 - SUFFIX_LENGTH;

/** The name for a `generateName`: its first 58 characters and five random ones. It may be taken; the caller retries. */
export function generateName(base: string, random: Random): string {
  return base.slice(0, BASE_LENGTH_MAX) + safeSuffix(random, SUFFIX_LENGTH);
}

export function safeSuffix(random: Random, length: number): string {
  let suffix = '';
  for (let i = 0; i < length; i++)
    suffix += SAFE_ALPHABET.charAt(randomBelow(random, SAFE_ALPHABET.length));
  return suffix;
}

/** Writes a hash (a number) in the safe alphabet: how pod-template-hash values are made (rand.SafeEncodeString). */
export function safeEncode(text: string): string {
  let encoded = '';
  for (let i = 0; i < text.length; i++) {
    encoded += SAFE_ALPHABET.charAt(text.charCodeAt(i) % SAFE_ALPHABET.length);
  }
  return encoded;
}
