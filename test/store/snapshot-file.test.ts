import t from 'tap';
import { seededRandom } from '../../src/base/index.js';
import type { LogIndex, NodeId, Result, Term } from '../../src/base/index.js';
import { createSimDisk } from '../../src/sim/index.js';
import type { SimDisk } from '../../src/sim/index.js';
import { createStateMachine, encodeProposal } from '../../src/store/index.js';
import type { StateMachine } from '../../src/store/index.js';
import { SnapshotFileWriter } from '../../src/store/snapshot-file.js';
import { SnapshotFolder } from '../../src/store/snapshot-folder.js';
import { SnapshotParser } from '../../src/store/snapshot-parser.js';
import { readSnapshotFile } from '../../src/store/snapshot-reader.js';

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

function bytesOf(disk: SimDisk, path: string): Uint8Array {
  const file = disk.open(path, 'read');
  const bytes = new Uint8Array(file.size());
  file.pread(bytes, 0);
  file.close();
  return bytes;
}

/** Takes the bytes in pieces of one size. */
function parse(bytes: Uint8Array, pieceBytes: number): Result<Uint8Array[], string> {
  const parser = new SnapshotParser(CLUSTER);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const pushed = parser.push(bytes.subarray(at, at + pieceBytes));
    if (!pushed.ok) return pushed;
    chunks.push(...pushed.value);
  }
  return parser.missing === undefined
    ? { ok: true, value: chunks }
    : { ok: false, error: parser.missing };
}

t.test('the chunks of a snapshot are the same, in pieces of whatever size it comes', (t) => {
  const disk = makeDisk();
  write(disk, 'a', CHUNKS);
  const bytes = bytesOf(disk, 'a');
  for (let pieceBytes = 1; pieceBytes <= bytes.length; pieceBytes++)
    t.same(parse(bytes, pieceBytes), { ok: true, value: CHUNKS });
  const parser = new SnapshotParser(6n);
  t.match(parser.push(bytes), { ok: false, error: /belongs to cluster 5/ });
  t.match(parse(new Uint8Array(100).fill(255), 100), { ok: false, error: /part at 0 is damaged/ });
  t.match(parse(new Uint8Array(8), 8), { ok: false, error: /part at 0 is damaged|empty/ });
  t.match(parse(new Uint8Array([...bytes, 0]), 64), { ok: false, error: /behind its last part/ });
  t.end();
});

t.test('a snapshot with any bit flipped, or cut anywhere, is not used', (t) => {
  const disk = makeDisk();
  write(disk, 'a', CHUNKS);
  const bytes = bytesOf(disk, 'a');
  for (let at = 0; at < bytes.length; at++) {
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    if (parse(flipped, 40).ok) t.fail(`a flip at ${String(at)} went unnoticed`);
    if (parse(bytes.subarray(0, at), 40).ok) t.fail(`a cut at ${String(at)} went unnoticed`);
  }
  t.end();
});

function machineWith(keys: number): StateMachine {
  const machine = createStateMachine();
  for (let n = 1; n <= keys; n++) {
    const value = new Uint8Array(1000).fill(n);
    const put = { type: 'put', key: `k${String(n)}`, value } as const;
    const request = { compare: [], success: [put], failure: [] };
    const requestId = { replica: 1 as NodeId, life: 1, sequence: n };
    const data = encodeProposal({ requestId, command: { type: 'txn', request } });
    machine.apply(n as LogIndex, 2 as Term, data);
  }
  return machine;
}

t.test('a state is read from its file in one pass, slice by slice', (t) => {
  const disk = makeDisk();
  const machine = machineWith(700);
  write(disk, 'a', [...{ [Symbol.iterator]: () => machine.beginSnapshot().chunks }], 700);
  const seen: number[] = [];
  const read = readSnapshotFile(disk, 'a', CLUSTER, (bytesRead, bytes) => {
    seen.push(bytesRead / bytes);
  });
  if (!read.ok) throw new Error(read.error);
  t.equal(read.value.metadata.index, 700);
  const again = createStateMachine();
  again.install(read.value.state);
  again.verify();
  t.equal(again.hash(), machine.hash());
  t.equal(again.records, 700);
  t.ok(seen.length > 2);
  t.equal(seen.at(-1), 1);
  const size = bytesOf(disk, 'a').length;
  disk.open('a', 'write').truncate(size - 1);
  t.match(readSnapshotFile(disk, 'a', CLUSTER), { ok: false, error: /without its last part/ });
  disk.flipBit('a', size / 2, 1);
  t.match(readSnapshotFile(disk, 'a', CLUSTER), { ok: false, error: /is damaged/ });
  t.end();
});

t.test('two snapshots are kept, newest first; what is half-made is removed', (t) => {
  const disk = makeDisk();
  const folder = new SnapshotFolder(disk, 'snap');
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
  while (folder.step()) t.pass('more to remove');
  t.equal(disk.files().length, 2);
  write(disk, folder.newPartPath(), CHUNKS, 40);
  const again = new SnapshotFolder(disk, 'snap');
  t.same(
    again.list().map((file) => file.index),
    [30, 20],
  );
  t.equal(disk.files().length, 2);
  t.end();
});

t.test('a large file is removed a piece at a time; a crash in between leaves none of it', (t) => {
  const disk = makeDisk();
  const folder = new SnapshotFolder(disk, 'snap');
  const piece = new Uint8Array(1024 * 1024);
  const sizeOfAll = (): number => disk.files().reduce((sum, { bytes }) => sum + bytes, 0);
  for (const index of [10, 20, 30]) {
    const path = folder.newPartPath();
    write(disk, path, Array<Uint8Array>(20).fill(piece), index);
    folder.publish(path, metadata(index));
  }
  const whole = sizeOfAll();
  t.same(
    folder.list().map((file) => file.index),
    [30, 20],
  );
  t.ok(folder.step());
  t.ok(sizeOfAll() < whole);
  t.ok(sizeOfAll() >= whole - 8 * piece.length, 'no more than a piece of it');
  disk.crash();
  const again = new SnapshotFolder(disk, 'snap');
  t.same(
    again.list().map((file) => file.index),
    [30, 20],
  );
  t.equal(disk.files().length, 2);
  t.equal(again.step(), false);
  t.end();
});
