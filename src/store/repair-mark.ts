import { failed, ok } from '../base/index.js';
import type { Disk, Result } from '../base/index.js';
import { decodeRepairMark, encodeRepairMark } from './wal-payload.js';
import type { RepairMark } from './wal-payload.js';
import type { WalRefusal } from './wal-recovery.js';
import {
  frameBytesOf,
  parseFrame,
  RECORD_HEADER_BYTES,
  RecordType,
  sealFrame,
} from './wal-record.js';
import { readWhole, repairPath } from './wal-segment.js';

/** The mark of a repair that is under way, if any. */
export function readRepairMark(
  disk: Disk,
  folder: string,
): Result<RepairMark | undefined, WalRefusal> {
  const path = repairPath(folder);
  if (!disk.exists(path)) return ok(undefined);
  const record = parseFrame(readWhole(disk, path), 0, 0);
  if (record?.type === RecordType.repair) return ok(decodeRepairMark(record.data));
  return failed({
    code: 'unreadable-log',
    file: path,
    offset: 0,
    reason: 'the mark of a repair is damaged',
  });
}

/** Durable when it returns. */
export function writeRepairMark(disk: Disk, folder: string, mark: RepairMark): void {
  const data = encodeRepairMark(mark);
  const frame = new Uint8Array(frameBytesOf(data.length));
  frame.set(data, RECORD_HEADER_BYTES);
  sealFrame(frame, 0, RecordType.repair, data.length, {
    segment: 0,
    batchStart: 0,
    previousCrc: 0,
  });
  const temporary = `${repairPath(folder)}.tmp`;
  if (disk.exists(temporary)) disk.remove(temporary);
  const file = disk.open(temporary, 'create');
  file.pwritev([frame], 0);
  file.datasync();
  file.close();
  disk.rename(temporary, repairPath(folder));
  disk.syncFolder(folder);
}
