import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A full collection of a large heap takes a good part of a second. */
const COLLECT_EVERY_MS = 10_000;

let collectedMs = -Infinity;

export interface HeldMemory {
  readonly heapBytes: number;
  /** Outside of the heap, but held by what is in it. */
  readonly bufferBytes: number;
}

/**
 * What this thread holds. A heap beyond `heapBytesMax` is collected first, so that garbage is not held against the actor: V8
 * puts that off for as long as its own, higher limit allows.
 */
export function heldMemory(heapBytesMax: number): HeldMemory {
  const held = readMemory();
  const nowMs = performance.now();
  if (held.heapBytes <= heapBytesMax || nowMs - collectedMs < COLLECT_EVERY_MS) return held;
  collectedMs = nowMs;
  // Node has no call for it; the flag counts for contexts that are made from now on.
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  setFlagsFromString('--no-expose-gc');
  return readMemory();
}

function readMemory(): HeldMemory {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return { heapBytes: used_heap_size, bufferBytes: external_memory };
}
