import { randomBelow, randomChance } from '../base/index.js';
import type { Random } from '../base/index.js';

export const SECTOR_BYTES = 512;

/** A file of a simulated disk: as programs see it, and as it is after a loss of power. */
export interface SimFile {
  live: Uint8Array;
  liveSize: number;
  durable: Uint8Array;
  durableSize: number;
  /** Ranges that were written since the last sync. */
  dirty: { from: number; to: number }[];
}

export function emptyFile(): SimFile {
  return {
    live: new Uint8Array(0),
    liveSize: 0,
    durable: new Uint8Array(0),
    durableSize: 0,
    dirty: [],
  };
}

/** Each unsynced sector is drawn: as it was, or as it was written. */
export function tear(
  file: SimFile,
  random: Random,
  counts: { tornSectors: number; droppedBytes: number },
): void {
  if (file.dirty.length === 0 && file.durableSize === file.liveSize) return;
  const size = Math.max(file.durableSize, drawnSize(file, random));
  const after = new Uint8Array(size);
  after.set(file.durable.subarray(0, file.durableSize));
  const keepAll = randomBelow(random, 3);
  for (const range of file.dirty) {
    const first = Math.floor(range.from / SECTOR_BYTES);
    const last = Math.floor((range.to - 1) / SECTOR_BYTES);
    for (let sector = first; sector <= last; sector++) {
      const from = Math.max(range.from, sector * SECTOR_BYTES);
      const to = Math.min(range.to, (sector + 1) * SECTOR_BYTES, size);
      if (to <= from) continue;
      const keep = keepAll === 0 ? false : keepAll === 1 ? true : randomChance(random, 0.5);
      if (keep) after.set(file.live.subarray(from, to), from);
      else counts.droppedBytes += to - from;
      counts.tornSectors += keepAll === 2 ? 1 : 0;
    }
  }
  file.live = after;
  file.liveSize = size;
  file.durable = after.slice();
  file.durableSize = size;
  file.dirty = [];
}

function drawnSize(file: SimFile, random: Random): number {
  return randomChance(random, 0.5) ? file.liveSize : Math.min(file.liveSize, file.durableSize);
}

export function makeDurable(file: SimFile): void {
  if (file.durable.length < file.liveSize) {
    const bigger = new Uint8Array(file.live.length);
    bigger.set(file.durable.subarray(0, file.durableSize));
    file.durable = bigger;
  }
  for (const { from, to } of file.dirty) file.durable.set(file.live.subarray(from, to), from);
  file.durableSize = file.liveSize;
  file.dirty = [];
}

export function grow(file: SimFile, size: number): void {
  if (size > file.live.length) {
    const bigger = new Uint8Array(Math.max(size, file.live.length * 2));
    bigger.set(file.live.subarray(0, file.liveSize));
    file.live = bigger;
  }
  file.liveSize = Math.max(file.liveSize, size);
}
