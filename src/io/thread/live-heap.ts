import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { GarbageAtRest } from './garbage-at-rest.js';

/** A full collection of a large heap takes a good part of a second. */
const COLLECT_EVERY_MS = 10_000;

let collectedMs = -Infinity;
const atRest = new GarbageAtRest(performance.now());

export interface HeldMemory {
  readonly heapBytes: number;
  /** Outside of the heap, but held by what is in it. */
  readonly bufferBytes: number;
}

/**
 * What this thread holds. A heap beyond `heapBytesMax` is collected first, so that garbage is not held against the actor: V8
 * puts that off for as long as its own, higher limit allows. So is, now and then, the heap of a thread at rest.
 */
export function heldMemory(heapBytesMax: number): HeldMemory {
  const held = readMemory();
  const { heapBytes } = held;
  const nowMs = performance.now();
  const isOver = heapBytes > heapBytesMax && nowMs - collectedMs >= COLLECT_EVERY_MS;
  const { active: activeMs } = performance.eventLoopUtilization();
  if (!isOver && !atRest.isDue({ nowMs, activeMs, heapBytes })) return held;
  collectedMs = nowMs;
  collectGarbage();
  const after = readMemory();
  atRest.collected(after.heapBytes);
  return after;
}

/** Of this thread: all that V8 can find. */
export function collectGarbage(): void {
  // Node has no call for it; the flag counts for contexts that are made from now on.
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  setFlagsFromString('--no-expose-gc');
}

function readMemory(): HeldMemory {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return { heapBytes: used_heap_size, bufferBytes: external_memory };
}
