import { assert } from './assert.js';
import type { Random } from './ports.js';

/** sfc32 (C. Doty-Humphrey, PractRand): small, fast, and the same on every machine for the same seed. */
export function seededRandom(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed >>> 0;
  let counter = Math.floor(seed / 2 ** 32) + 1;
  const uint32 = (): number => {
    const sum = (((a + b) >>> 0) + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = ((c << 21) | (c >>> 11)) >>> 0;
    c = (c + sum) >>> 0;
    return sum;
  };
  for (let i = 0; i < 15; i++) uint32();
  return { uint32 };
}

/** A uniform integer in [0, bound). `bound` is at most 2^32. */
export function randomBelow(random: Random, bound: number): number {
  assert(
    Number.isSafeInteger(bound) && bound > 0 && bound <= 2 ** 32,
    `bad bound ${String(bound)}`,
  );
  const limit = 2 ** 32 - (2 ** 32 % bound);
  let draw = random.uint32();
  while (draw >= limit) draw = random.uint32();
  return draw % bound;
}

/** A uniform number in [0, 1). */
export function randomFraction(random: Random): number {
  return random.uint32() / 2 ** 32;
}

/** True with the given probability (0 to 1). */
export function randomChance(random: Random, probability: number): boolean {
  return randomFraction(random) < probability;
}

export function randomPick<T>(random: Random, items: readonly T[]): T {
  const item = items[randomBelow(random, items.length)];
  assert(item !== undefined, 'picked nothing');
  return item;
}
