import { objectOf } from './cached-object.js';
import type { CachedObject } from './cached-object.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** How `encodeStored` begins for nearly all objects; all of it ASCII. */
const HEAD = /^\{(?:"(?:kind|apiVersion)":"[ !#-[\]-~]*",){0,2}"metadata":\{(?=")/;
const FIELD = encoder.encode('"resourceVersion":"');
const FIELD_END = encoder.encode('",');

/**
 * Objects as clients get them, with commas between, in one piece of memory between `head` and `tail`. The text of each is
 * what is stored of it with its resourceVersion put in: nothing is decoded for it, and nothing kept. Only what is not served
 * as it is stored, and what others stored in another form, is made from the object, once.
 */
export function joinJson(
  head: string,
  items: readonly CachedObject[],
  tail: string,
): Uint8Array<ArrayBuffer> {
  const begin = encoder.encode(head);
  const end = encoder.encode(tail);
  let length = begin.length + end.length + Math.max(0, items.length - 1);
  for (const item of items) length += jsonLength(item);
  const whole = new Uint8Array(length);
  whole.set(begin);
  let at = begin.length;
  items.forEach((item, index) => {
    if (index > 0) whole[at++] = 0x2c;
    at = writeJson(item, whole, at);
  });
  whole.set(end, at);
  return whole;
}

function jsonLength(cached: CachedObject): number {
  const at = fieldPlace(cached);
  if (at === 0) return madeJson(cached).length;
  return cached.bytes.length + FIELD.length + digitsOf(cached).length + FIELD_END.length;
}

/** Returns where it ends. */
function writeJson(cached: CachedObject, target: Uint8Array, from: number): number {
  const place = fieldPlace(cached);
  if (place === 0) {
    const made = madeJson(cached);
    target.set(made, from);
    return from + made.length;
  }
  const { bytes } = cached;
  let at = from;
  target.set(bytes.subarray(0, place), at);
  at += place;
  target.set(FIELD, at);
  at += FIELD.length;
  const digits = digitsOf(cached);
  for (let i = 0; i < digits.length; i++) target[at++] = digits.charCodeAt(i);
  target.set(FIELD_END, at);
  at += FIELD_END.length;
  target.set(bytes.subarray(place), at);
  return at + bytes.length - place;
}

function digitsOf({ revision }: CachedObject): string {
  return String(revision);
}

/** Where in the stored bytes the resourceVersion goes; 0: they cannot be served as they are. */
function fieldPlace(cached: CachedObject): number {
  cached.fieldPlace ??= cached.isView === true ? 0 : findPlace(cached.bytes);
  return cached.fieldPlace;
}

function findPlace(bytes: Uint8Array): number {
  const text = decoder.decode(bytes);
  const head = HEAD.exec(text)?.[0];
  if (head === undefined) return 0;
  // A field of that name that somebody stored would be there twice, and an event of a watch is one line.
  return text.includes('"resourceVersion"') || text.includes('\n') ? 0 : head.length;
}

function madeJson(cached: CachedObject): Uint8Array {
  cached.json ??= encoder.encode(JSON.stringify(objectOf(cached)));
  return cached.json;
}
