import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { Clock, LogIndex, NodeId, Term } from '../../../src/base/index.js';
import { nodeDisk } from '../../../src/io/disk/index.js';
import { Wal } from '../../../src/store/index.js';

t.test('files are made, written at places, read, renamed, listed and removed', (t) => {
  const folder = path.join(t.testdir(), 'deep', 'er');
  const disk = nodeDisk();
  disk.makeFolder(folder);
  disk.makeFolder(folder);
  const file = disk.open(`${folder}/a`, 'create');
  file.pwritev([new Uint8Array([1, 2]), new Uint8Array([3])], 5);
  t.equal(file.size(), 8);
  const buffer = new Uint8Array(10);
  t.equal(file.pread(buffer, 4), 4);
  t.same([...buffer.subarray(0, 4)], [0, 1, 2, 3]);
  file.truncate(6);
  file.datasync();
  file.close();
  t.equal(statSync(`${folder}/a`).mode & 0o777, 0o600);
  disk.rename(`${folder}/a`, `${folder}/b`);
  disk.syncFolder(folder);
  t.same(disk.list(folder), ['b']);
  t.same([...readFileSync(`${folder}/b`)], [0, 0, 0, 0, 0, 1]);
  disk.remove(`${folder}/b`);
  t.notOk(existsSync(`${folder}/b`));
  t.end();
});

t.test('what the system refuses is a DiskError with its code and path', (t) => {
  const folder = t.testdir({ a: 'x' });
  const disk = nodeDisk();
  t.throws(() => disk.open(`${folder}/none`, 'read'), {
    name: 'DiskError',
    code: 'ENOENT',
    path: `${folder}/none`,
  });
  t.throws(() => disk.open(`${folder}/a`, 'create'), { name: 'DiskError', code: 'EEXIST' });
  t.throws(() => disk.list(`${folder}/none`), { name: 'DiskError', code: 'ENOENT' });
  t.end();
});

t.test('a WAL on the real disk is read back', (t) => {
  const folder = `${t.testdir()}/wal`;
  const clock: Clock = {
    monotonicMs: () => performance.now(),
    wallMs: () => 0,
    after: () => ({ cancel: () => undefined }),
  };
  const options = {
    disk: nodeDisk(),
    clock,
    folder,
    identity: { clusterId: 1n, replicaId: 1 },
    segmentBytes: 20_000,
    growBytes: 4096,
  };
  const hardState = { term: 1 as Term, vote: 1 as NodeId, commit: 0 as LogIndex };
  const opened = Wal.open(options);
  if (!opened.ok) throw new Error(opened.error.reason);
  for (let index = 1; index <= 200; index++) {
    const data = new Uint8Array(100).fill(index);
    opened.value.wal.append({
      hardState,
      entries: [{ index: index as LogIndex, term: 1 as Term, type: 'EntryNormal', data }],
    });
  }
  opened.value.wal.close();
  const again = Wal.open(options);
  t.ok(again.ok);
  if (again.ok) {
    t.equal(again.value.recovered.entries.length, 200);
    t.equal(again.value.recovered.entries[149]?.data[50], 150);
    t.ok(again.value.wal.stats().segments > 1);
    again.value.wal.close();
  }
  t.end();
});
