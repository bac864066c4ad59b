import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A full collection of a large heap takes a good part of a second. */
const COLLECT_EVERY_MS = 10_000;

let collectedMs = -Infinity;

/**
 * What the heap of this thread holds, in bytes. Beyond `bytesMax` it is collected first, so that garbage is not held
 * against the actor: V8 puts that off for as long as its own, higher limit allows.
 */
export function heldHeapBytes(bytesMax: number): number {
  const usedBytes = getHeapStatistics().used_heap_size;
  const nowMs = performance.now();
  if (usedBytes <= bytesMax || nowMs - collectedMs < COLLECT_EVERY_MS) return usedBytes;
  collectedMs = nowMs;
  // Node has no call for it; the flag counts for contexts that are made from now on.
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  setFlagsFromString('--no-expose-gc');
  return getHeapStatistics().used_heap_size;
}
