import t from 'tap';
import { seededRandom } from '../../src/base/index.js';
import type { LogIndex, NodeId, Term } from '../../src/base/index.js';
import { createSimDisk } from '../../src/sim/index.js';
import type { SimDisk } from '../../src/sim/index.js';
import { checkSnapshotFile, SnapshotFileWriter } from '../../src/store/snapshot-file.js';
import { SnapshotFolder } from '../../src/store/snapshot-folder.js';

const CLUSTER = 5n;

function metadata(index: number, term = 2): { index: LogIndex; term: Term; confState: never } {
  const confState = {
    voters: [1 as NodeId],
    learners: [],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
  return { index: index as LogIndex, term: term as Term, confState: confState as never };
}

function makeDisk(): SimDisk {
  return createSimDisk({ random: seededRandom(3), charge: () => undefined });
}

function write(disk: SimDisk, path: string, chunks: readonly Uint8Array[], index = 7): void {
  const writer = new SnapshotFileWriter(disk, path, CLUSTER, metadata(index));
  for (const chunk of chunks) writer.write(chunk);
  writer.finish();
}

const CHUNKS = [1, 2, 3].map((fill) => new Uint8Array(50 * fill).fill(fill));

t.test('the chunks of a snapshot are read back as they were written', (t) => {
  const disk = makeDisk();
  write(disk, 'a', CHUNKS);
  const checked = checkSnapshotFile(disk, 'a', CLUSTER);
  t.ok(checked.ok);
  if (checked.ok) {
    t.same(
      [...checked.value.chunks()].map((chunk) => [...chunk]),
      CHUNKS.map((chunk) => [...chunk]),
    );
    t.equal(checked.value.head.metadata.index, 7);
    t.equal(checked.value.bytes, disk.files()[0]?.bytes);
  }
  t.match(checkSnapshotFile(disk, 'a', 6n), { ok: false, error: /belongs to cluster 5/ });
  t.end();
});

t.test('a snapshot with any bit flipped, or cut anywhere, is not used', (t) => {
  const disk = makeDisk();
  write(disk, 'a', CHUNKS);
  const bytes = disk.files()[0]?.bytes ?? 0;
  for (let byte = 0; byte < bytes; byte++) {
    disk.flipBit('a', byte, byte % 8);
    if (checkSnapshotFile(disk, 'a', CLUSTER).ok)
      t.fail(`a flip at ${String(byte)} went unnoticed`);
    disk.flipBit('a', byte, byte % 8);
  }
  for (let size = bytes - 1; size >= 0; size -= 7) {
    disk.open('a', 'write').truncate(size);
    if (checkSnapshotFile(disk, 'a', CLUSTER).ok) t.fail(`a cut at ${String(size)} went unnoticed`);
  }
  t.end();
});

t.test('two snapshots are kept, newest first; what is half-made is removed', (t) => {
  const disk = makeDisk();
  const folder = new SnapshotFolder(disk, 'snap', CLUSTER);
  for (const index of [10, 20, 30]) {
    const path = folder.newPartPath();
    write(disk, path, CHUNKS, index);
    folder.publish(path, metadata(index));
  }
  t.same(
    folder.list().map((file) => file.index),
    [30, 20],
  );
  t.equal(folder.safeIndex(), 20);
  write(disk, folder.newPartPath(), CHUNKS, 40);
  const again = new SnapshotFolder(disk, 'snap', CLUSTER);
  t.same(
    again.list().map((file) => file.index),
    [30, 20],
  );
  t.equal(disk.files().length, 2);
  t.end();
});
