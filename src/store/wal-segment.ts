import type { Disk } from '../base/index.js';

/** Segments are named by their sequence number, so that names sort as they follow each other. */
export interface SegmentName {
  readonly sequence: number;
  readonly path: string;
}

/** A segment whose header has been read. */
export interface KnownSegment extends SegmentName {
  /** The index that the first entry written to it was to have, had nothing been truncated. */
  readonly firstIndex: number;
}

const SEGMENT = /^([0-9a-f]{16})\.wal$/;
const SPARE = /^spare-[0-9a-f]{16}$/;

export function segmentPath(folder: string, sequence: number): string {
  return `${folder}/${hex(sequence)}.wal`;
}

export function sparePath(folder: string, sequence: number): string {
  return `${folder}/spare-${hex(sequence)}`;
}

export function temporaryPath(folder: string, sequence: number): string {
  return `${folder}/${hex(sequence)}.tmp`;
}

export function repairPath(folder: string): string {
  return `${folder}/repair`;
}

export interface WalFolder {
  readonly segments: readonly SegmentName[];
  readonly spares: readonly string[];
}

/** What stands in the folder. Files that a crash left half-made are removed. */
export function listWalFolder(disk: Disk, folder: string): WalFolder {
  const segments: SegmentName[] = [];
  const spares: string[] = [];
  for (const name of disk.list(folder)) {
    const path = `${folder}/${name}`;
    const match = SEGMENT.exec(name);
    if (match?.[1] !== undefined) segments.push({ sequence: Number.parseInt(match[1], 16), path });
    else if (SPARE.test(name)) spares.push(path);
    else if (name.endsWith('.tmp')) disk.remove(path);
  }
  return { segments, spares };
}

export function readWhole(disk: Disk, path: string): Uint8Array {
  const file = disk.open(path, 'read');
  try {
    const bytes = new Uint8Array(file.size());
    const read = file.pread(bytes, 0);
    return read === bytes.length ? bytes : bytes.subarray(0, read);
  } finally {
    file.close();
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(16, '0');
}
