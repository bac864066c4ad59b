import t from 'tap';
import { seededRandom } from '../../src/base/index.js';
import { drawShare, snapshotDue } from '../../src/store/snapshot-due.js';

const MIB = 1024 * 1024;
const bounds = { proposals: 100_000, bytes: 64 * MIB };

t.test('a snapshot is due at its bounds, and sooner for a small state', (t) => {
  const small = { records: 10, imageBytes: 10_000 };
  t.notOk(snapshotDue({ proposals: 9999, bytes: MIB }, bounds, small, 1), 'not worth it');
  t.ok(snapshotDue({ proposals: 10_000, bytes: MIB }, bounds, small, 1));
  const middling = { records: 100_000, imageBytes: 100 * MIB };
  t.notOk(snapshotDue({ proposals: 99_999, bytes: 63 * MIB }, bounds, middling, 1));
  t.ok(snapshotDue({ proposals: 100_000, bytes: MIB }, bounds, middling, 1));
  t.ok(snapshotDue({ proposals: 1, bytes: 64 * MIB }, bounds, middling, 1));
  t.end();
});

t.test('a large state is not written for each few entries: a quarter of it comes before', (t) => {
  const large = { records: 1_000_000, imageBytes: 1024 * MIB };
  t.notOk(snapshotDue({ proposals: 240_000, bytes: 250 * MIB }, bounds, large, 1));
  t.ok(snapshotDue({ proposals: 250_000, bytes: MIB }, bounds, large, 1));
  t.ok(snapshotDue({ proposals: 1, bytes: 256 * MIB }, bounds, large, 1));
  t.end();
});

t.test('each replica draws a share of its own, from three to five quarters', (t) => {
  const random = seededRandom(1);
  const shares = Array.from({ length: 1000 }, () => drawShare(random));
  t.ok(shares.every((share) => share >= 0.75 && share < 1.25));
  t.ok(Math.min(...shares) < 0.76);
  t.ok(Math.max(...shares) > 1.24);
  const state = { records: 1, imageBytes: 1024 * MIB };
  t.ok(snapshotDue({ proposals: 1, bytes: 200 * MIB }, bounds, state, 0.75));
  t.notOk(snapshotDue({ proposals: 1, bytes: 300 * MIB }, bounds, state, 1.25));
  t.end();
});
