import fc from 'fast-check';
import t from 'tap';
import { seededRandom } from '../../src/base/index.js';
import type { Clock, LogIndex, NodeId, Term } from '../../src/base/index.js';
import type { Entry, HardState } from '../../src/raft/index.js';
import { createSimDisk } from '../../src/sim/index.js';
import type { SimDisk } from '../../src/sim/index.js';
import { lastBatchStart, Wal } from '../../src/store/index.js';
import type { RecoveredLog, WalBatch, WalRefusal } from '../../src/store/index.js';

const identity = { clusterId: 7n, replicaId: 1 };
const clock: Clock = {
  monotonicMs: () => 0,
  wallMs: () => 0,
  after: () => ({ cancel: () => undefined }),
};
const folder = 'wal';

function makeDisk(seed = 1): SimDisk {
  return createSimDisk({ random: seededRandom(seed), charge: () => undefined });
}

function opened(disk: SimDisk, segmentBytes = 4096): { wal: Wal; recovered: RecoveredLog } {
  const result = Wal.open({ disk, clock, folder, identity, segmentBytes, growBytes: 2048 });
  if (!result.ok) throw new Error(result.error.reason);
  return result.value;
}

function refusal(disk: SimDisk, other = identity): WalRefusal | undefined {
  const result = Wal.open({
    disk,
    clock,
    folder,
    identity: other,
    segmentBytes: 4096,
    growBytes: 2048,
  });
  return result.ok ? undefined : result.error;
}

function entry(index: number, term: number, bytes = 40): Entry {
  const data = new Uint8Array(bytes).map((_, at) => (index * 31 + at * 7 + term) & 0xff);
  return { index: index as LogIndex, term: term as Term, type: 'EntryNormal', data };
}

function hardState(term: number, vote: number, commit: number): HardState {
  return { term: term as Term, vote: vote as NodeId, commit: commit as LogIndex };
}

/** A batch of `count` entries behind `last` in the given term. */
function batch(last: number, count: number, term = 1, bytes = 40): WalBatch {
  const entries = Array.from({ length: count }, (_, at) => entry(last + 1 + at, term, bytes));
  return { hardState: hardState(term, 1, last), entries };
}

function plain(entries: readonly Entry[]): unknown[] {
  return entries.map((one) => [one.index, one.term, [...one.data]]);
}

function tailSegment(disk: SimDisk): { path: string; bytes: number } {
  const last = disk
    .files()
    .filter((file) => file.path.endsWith('.wal'))
    .at(-1);
  if (last === undefined) throw new Error('no segment');
  return last;
}

t.test('what was appended is read back, over segments and restarts', (t) => {
  const disk = makeDisk();
  let { wal } = opened(disk);
  let last = 0;
  const written: Entry[] = [];
  for (let round = 0; round < 60; round++) {
    const next = batch(last, (round % 4) + 1, 1 + Math.floor(round / 20));
    wal.append(next);
    written.push(...next.entries);
    last += next.entries.length;
    if (round % 13 === 0) {
      wal.close();
      const again = opened(disk);
      t.same(plain(again.recovered.entries), plain(written), `round ${String(round)}`);
      t.equal(again.recovered.repair, undefined);
      wal = again.wal;
    }
  }
  t.ok(wal.stats().segments > 2);
  t.same(opened(disk).recovered.hardState.term, 3);
  t.end();
});

t.test('entries of a later term replace those of an earlier one', (t) => {
  const disk = makeDisk();
  const { wal } = opened(disk);
  wal.append(batch(0, 10, 1));
  wal.append({ hardState: hardState(2, 3, 4), entries: [entry(6, 2), entry(7, 2)] });
  const { entries, hardState: state } = opened(disk).recovered;
  t.same(
    entries.map((one) => `${String(one.term)}/${String(one.index)}`),
    ['1/1', '1/2', '1/3', '1/4', '1/5', '2/6', '2/7'],
  );
  t.same(state, { term: 2, vote: 3, commit: 4 });
  t.end();
});

t.test('a snapshot mark begins the log anew', (t) => {
  const disk = makeDisk();
  const { wal } = opened(disk);
  wal.append(batch(0, 3));
  const confState = {
    voters: [1 as NodeId],
    learners: [],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
  wal.append({
    hardState: hardState(4, 0, 100),
    entries: [entry(101, 4)],
    snapshot: { index: 100 as LogIndex, term: 3 as Term, confState },
  });
  const { offset, entries } = opened(disk).recovered;
  t.same(offset, { lastIndex: 100, lastTerm: 3 });
  t.same(
    entries.map((one) => one.index),
    [101],
  );
  t.end();
});

t.test(
  'of the segments that are purged up to four are recycled, and the log begins behind them',
  (t) => {
    const disk = makeDisk();
    const { wal } = opened(disk);
    let last = 0;
    const fill = (rounds: number): void => {
      for (let round = 0; round < rounds; round++) {
        wal.append(batch(last, 3));
        last += 3;
      }
    };
    const named = (what: RegExp): string[] =>
      disk
        .files()
        .map(({ path }) => path)
        .filter((path) => what.test(path));
    fill(180);
    const before = wal.stats().segments;
    t.ok(before > 8);
    const purge = (): void => {
      for (let before = wal.stats().segments; wal.purge((last - 60) as LogIndex); ) {
        t.ok(before - wal.stats().segments <= 5, 'a file at a time is removed');
        before = wal.stats().segments;
      }
    };
    purge();
    t.equal(named(/spare-/).length, 4);
    const left = wal.stats().segments;
    t.ok(before - left > 4, 'the others are gone');
    t.equal(named(/\.wal$/).length, left);
    const bytes = disk.files().find(({ path }) => path.includes('spare-'))?.bytes;
    fill(90);
    t.ok(wal.stats().segments >= left + 4);
    t.same(named(/spare-/), [], 'the segments that follow take them');
    t.ok((bytes ?? 0) >= 4096, 'they need not grow');
    purge();
    t.equal(named(/spare-/).length, 4);
    wal.close();
    const { recovered } = opened(disk);
    t.ok(recovered.offset.lastIndex > 0);
    t.ok(recovered.offset.lastIndex <= last - 60);
    t.equal(recovered.entries.at(-1)?.index, last);
    t.equal(named(/spare-/).length, 4, 'a restart keeps them');
    t.end();
  },
);

t.test('a tail that is cut at any byte gives a prefix with every batch before it', (t) => {
  const disk = makeDisk();
  const { wal } = opened(disk, 1 << 20);
  wal.append(batch(0, 3));
  const before = Math.max(...[wal.stats().bytes]);
  wal.append(batch(3, 3));
  const after = wal.stats().bytes;
  const { path } = tailSegment(disk);
  const image = readAll(disk, path);
  for (let cut = before; cut < after; cut++) {
    const copy = makeDisk();
    writeAll(
      copy,
      path,
      image.map((byte, at) => (at < cut ? byte : 0)),
    );
    const { recovered } = opened(copy, 1 << 20);
    t.equal(recovered.repair, undefined);
    const expected = [...batch(0, 3).entries, ...batch(3, 3).entries].slice(
      0,
      recovered.entries.length,
    );
    if (recovered.entries.length < 3) t.fail(`cut at ${String(cut)} lost a synced entry`);
    if (JSON.stringify(plain(recovered.entries)) !== JSON.stringify(plain(expected)))
      t.fail(`cut at ${String(cut)}`);
  }
  t.end();
});

t.test('a flipped bit is always noticed, in the last batch too', (t) => {
  const disk = makeDisk();
  const { wal } = opened(disk, 1 << 20);
  wal.append(batch(0, 2, 1, 16));
  wal.append({ ...batch(2, 2, 2, 16), hardState: hardState(2, 3, 2) });
  wal.append({ ...batch(4, 1, 2, 16), hardState: hardState(5, 2, 4) });
  const end = wal.stats().bytes;
  const { path } = tailSegment(disk);
  const image = readAll(disk, path);
  let padding = 0;
  for (let byte = 0; byte < end; byte++) {
    const copy = makeDisk();
    const bad = image.slice();
    bad[byte] = (bad[byte] ?? 0) ^ (1 << (byte % 8));
    writeAll(copy, path, bad);
    const { recovered } = opened(copy, 1 << 20);
    if (recovered.repair === undefined) {
      // Padding is under no checksum, and says nothing.
      if (recovered.entries.length !== 5)
        t.fail(`a flip at ${String(byte)} lost entries in silence`);
      padding++;
      continue;
    }
    if (recovered.repair.lastIndex !== 5 || recovered.repair.lastTerm !== 2)
      t.fail(`end lost at ${String(byte)}`);
    if (recovered.hardState.term !== 5 || recovered.hardState.vote !== 2)
      t.fail(`vote lost at ${String(byte)}`);
    const again = opened(copy, 1 << 20).recovered;
    if (again.repair?.lastIndex !== 5)
      t.fail(`the mark is forgotten by a restart, at ${String(byte)}`);
    if (again.hardState.term !== 5 || again.hardState.vote !== 2)
      t.fail(`the vote is forgotten, at ${String(byte)}`);
  }
  t.ok(padding < 64, `${String(padding)} bytes of padding`);
  t.end();
});

t.test('the mark of a repair stays until the repair ends', (t) => {
  const disk = makeDisk();
  const { wal } = opened(disk);
  for (let last = 0; last < 100; last += 5) wal.append(batch(last, 5));
  const first = disk.files().find((file) => file.path.endsWith('.wal'));
  disk.flipBit(first?.path ?? '', 700, 3);
  const damaged = opened(disk);
  t.equal(damaged.recovered.repair?.lastIndex, 100);
  t.match(damaged.recovered.repair?.file, /0001\.wal$/);
  t.ok(damaged.recovered.entries.length < 100);
  const from = damaged.recovered.entries.length;
  for (let last = from; last < 110; last += 1) damaged.wal.append(batch(last, 1));
  t.equal(opened(disk).recovered.repair?.lastIndex, 100);
  damaged.wal.endRepair();
  const mended = opened(disk).recovered;
  t.equal(mended.repair, undefined);
  t.equal(mended.entries.length, 110);
  t.end();
});

t.test(
  'a missing segment is damage; without any hard state the log is refused with its place',
  (t) => {
    const disk = makeDisk();
    const { wal } = opened(disk);
    for (let last = 0; last < 200; last += 5) wal.append(batch(last, 5));
    const segments = disk.files().filter((file) => file.path.endsWith('.wal'));
    disk.remove(segments[1]?.path ?? '');
    t.match(opened(disk).recovered.repair, {
      lastIndex: 200,
      reason: 'a segment is missing before this one',
    });
    const empty = makeDisk();
    writeAll(empty, 'wal/0000000000000001.wal', new Uint8Array(4096));
    t.match(refusal(empty), {
      code: 'unreadable-log',
      file: 'wal/0000000000000001.wal',
      offset: 0,
    });
    t.end();
  },
);

t.test('a log of another replica, cluster or newer format is refused', (t) => {
  const disk = makeDisk();
  opened(disk);
  t.match(refusal(disk, { clusterId: 7n, replicaId: 2 }), {
    code: 'foreign-log',
    reason: /belongs to replica 1/,
  });
  t.match(refusal(disk, { clusterId: 8n, replicaId: 1 }), { code: 'foreign-log' });
  t.end();
});

t.test(
  'whatever a power loss leaves, everything synced is there and nothing else is invented',
  (t) => {
    const seed = Date.now() % 100_000;
    t.comment(`fast-check seed ${String(seed)}`);
    const steps = fc.array(
      fc.record({
        count: fc.integer({ min: 0, max: 4 }),
        bytes: fc.integer({ min: 0, max: 1500 }),
        back: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: 1, maxLength: 25 },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 80 }), fc.nat(), (rounds, calls, diskSeed) => {
        const disk = makeDisk(diskSeed);
        let { wal } = opened(disk);
        disk.faults.powerLossAfterCalls = calls;
        let synced: Entry[] = [];
        let attempted: Entry[] = [];
        let state = hardState(0, 0, 0);
        for (const [round, step] of rounds.entries()) {
          const term = round + 1;
          const last = Math.max(0, synced.length - step.back);
          const next = {
            ...batch(last, step.count, term, step.bytes),
            hardState: hardState(term, 1, 0),
          };
          attempted = step.count === 0 ? synced : [...synced.slice(0, last), ...next.entries];
          try {
            wal.append(next);
            synced = attempted;
            state = next.hardState;
          } catch {
            disk.crash();
            const again = opened(disk);
            const { entries, repair, hardState: found } = again.recovered;
            if (repair !== undefined) throw new Error('a tear was taken for damage');
            if (found.term < state.term) throw new Error('the hard state went back');
            const kept = JSON.stringify(plain(entries));
            const whole = [synced, ...prefixes(synced, attempted)].some(
              (one) => JSON.stringify(plain(one)) === kept,
            );
            if (!whole) throw new Error('neither what was synced nor a part of what came after');
            synced = [...entries];
            state = found;
            wal = again.wal;
            disk.faults.powerLossAfterCalls = calls;
          }
        }
      }),
      { seed, numRuns: 150 },
    );
    t.end();
  },
);

t.test('damage of the mark behind the last batch is harmless, and a restart puts it back', (t) => {
  const disk = makeDisk();
  const { wal } = opened(disk, 1 << 20);
  wal.append(batch(0, 3));
  const end = wal.stats().bytes;
  const { path } = tailSegment(disk);
  const image = readAll(disk, path);
  t.ok(
    image.subarray(end).some((byte) => byte !== 0),
    'there is a mark',
  );
  for (let byte = end; byte < end + 64; byte++) {
    const copy = makeDisk();
    const bad = image.slice();
    bad[byte] = (bad[byte] ?? 0) ^ 4;
    writeAll(copy, path, bad);
    const { recovered } = opened(copy, 1 << 20);
    if (recovered.repair !== undefined || recovered.entries.length !== 3)
      t.fail(`a flip at ${String(byte)} was taken for damage`);
    if (lastBatchStart(readAll(copy, path)) !== end) t.fail('the mark is not there again');
    copy.flipBit(path, end - 20, 1);
    if (opened(copy, 1 << 20).recovered.repair?.lastIndex !== 3)
      t.fail('damage was taken for a tear');
  }
  t.end();
});

t.test('the hard state of a torn batch commits nothing of that batch', (t) => {
  const disk = makeDisk();
  const { wal } = opened(disk, 1 << 20);
  wal.append(batch(0, 3, 1));
  const end = wal.stats().bytes;
  const replacing = batch(1, 2, 2);
  wal.append({ ...replacing, hardState: { ...replacing.hardState, commit: 3 as LogIndex } });
  const { path } = tailSegment(disk);
  // Its first record, the hard state, is as long as the mark that stood there.
  const torn = readAll(disk, path).fill(0, end + 64);
  const copy = makeDisk();
  writeAll(copy, path, torn);
  const { recovered } = opened(copy, 1 << 20);
  t.equal(recovered.repair, undefined);
  t.equal(recovered.entries.length, 3, 'the entries that were to be replaced are there');
  t.equal(recovered.hardState.term, 2);
  t.equal(recovered.hardState.commit, 1, 'and are not taken for those that were committed');
  t.end();
});

t.test('a process that dies leaves a log of which any flipped bit is noticed', (t) => {
  const seed = Date.now() % 100_000;
  t.comment(`fast-check seed ${String(seed)}`);
  const rounds = fc.array(
    fc.record({
      count: fc.integer({ min: 0, max: 4 }),
      bytes: fc.integer({ min: 0, max: 900 }),
      restart: fc.boolean(),
    }),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(rounds, fc.nat(), fc.nat(7), fc.nat(), (steps, byteSeed, bit, diskSeed) => {
      const disk = makeDisk(diskSeed);
      let { wal } = opened(disk);
      let last = 0;
      for (const { count, bytes, restart } of steps) {
        wal.append(batch(last, count, 1, bytes));
        last += count;
        if (!restart) continue;
        disk.reopen();
        wal = opened(disk).wal;
      }
      disk.reopen();
      const { path } = tailSegment(disk);
      const end = lastBatchStart(readAll(disk, path));
      disk.flipBit(path, byteSeed % end, bit);
      const { recovered } = opened(disk);
      const noticed = recovered.repair !== undefined && recovered.repair.lastIndex === last;
      if (!noticed && recovered.entries.length !== last) throw new Error('entries lost in silence');
    }),
    { seed, numRuns: 200 },
  );
  t.end();
});

/** What the log may be when the append that makes `after` of `before` was torn: each first part of its entries. */
function prefixes(before: readonly Entry[], after: readonly Entry[]): Entry[][] {
  const same = after.findIndex((one, at) => before[at] !== one);
  if (same < 0) return [];
  return Array.from({ length: after.length - same }, (_, at) => after.slice(0, same + at + 1));
}

function readAll(disk: SimDisk, path: string): Uint8Array {
  const file = disk.open(path, 'read');
  const bytes = new Uint8Array(file.size());
  file.pread(bytes, 0);
  return bytes;
}

function writeAll(disk: SimDisk, path: string, bytes: Uint8Array): void {
  disk.makeFolder(folder);
  const file = disk.open(path, 'create');
  file.pwritev([bytes], 0);
  file.datasync();
  disk.syncFolder(folder);
}

t.test('entries replaced in a segment that was purged since are no damage', (t) => {
  const disk = makeDisk();
  const { wal } = opened(disk);
  let last = 0;
  for (; wal.stats().segments < 2; last += 4) wal.append(batch(last, 4));
  // A new leader replaces what no majority held: the second segment goes back before its own start.
  const back = last - 8;
  for (let next = back; next < last + 20; next += 4) wal.append(batch(next, 4, 2));
  wal.purge((last + 8) as LogIndex);
  t.equal(wal.stats().segments, 1, 'the first segment is gone');
  const { recovered } = opened(disk);
  t.equal(recovered.repair, undefined);
  t.equal(recovered.entries.at(-1)?.index, last + 20);
  t.ok(recovered.offset.lastIndex <= last, 'it holds all that a snapshot does not');
  t.end();
});
