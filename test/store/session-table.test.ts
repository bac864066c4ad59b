import t from 'tap';
import { createHasher } from '../../src/mvcc/index.js';
import {
  createSessionTable,
  EVICTED_SESSIONS_MAX,
  OUTCOMES_PER_SESSION_MAX,
  SESSIONS_MAX,
} from '../../src/store/session-table.js';
import type { SessionTable } from '../../src/store/session-table.js';

const write = (id: string, sequence: number, answeredBelow = 1) => ({
  id,
  sequence,
  answeredBelow,
});

/** Applies a write as the state machine does; says what came of it. */
function run(table: SessionTable<string>, id: string, sequence: number, answeredBelow = 1): string {
  const session = write(id, sequence, answeredBelow);
  const admission = table.admit(session);
  if (admission.type === 'repeated') return `again ${admission.outcome}`;
  if (admission.type === 'unknown') return 'unknown';
  table.record(session, `${id}${String(sequence)}`);
  return 'ran';
}

function hashOf(table: SessionTable<string>): string {
  const hasher = createHasher();
  table.hash(hasher);
  return hasher.digest();
}

t.test('a write runs once, in whatever order the numbers come', (t) => {
  const table = createSessionTable<string>();
  t.same(
    [2, 1, 2, 3, 1].map((sequence) => run(table, 's', sequence)),
    ['ran', 'ran', 'again s2', 'ran', 'again s1'],
  );
  t.end();
});

t.test('what is answered is forgotten, and never runs again', (t) => {
  const table = createSessionTable<string>();
  for (const sequence of [1, 2, 4]) run(table, 's', sequence);
  t.equal(run(table, 's', 5, 4), 'ran');
  t.same(
    [1, 2, 3].map((sequence) => run(table, 's', sequence)),
    ['unknown', 'unknown', 'unknown'],
  );
  t.equal(run(table, 's', 4), 'again s4');
  t.end();
});

t.test(
  'the session whose last write is the oldest is evicted, and its writes are unknown from then on',
  (t) => {
    const table = createSessionTable<string>();
    for (let at = 0; at < SESSIONS_MAX; at++) run(table, `s${String(at)}`, 1);
    run(table, 's0', 2);
    run(table, 'one-more', 1);
    table.verify();
    t.equal(table.size, SESSIONS_MAX);
    t.same([run(table, 's1', 1), run(table, 's1', 2)], ['unknown', 'unknown']);
    t.equal(run(table, 's0', 1), 'again s01');
    t.equal(run(table, 'stranger', 9, 5), 'unknown', 'who has had answers is not new');
    t.equal(table.size, SESSIONS_MAX);
    t.end();
  },
);

t.test('outcomes are bounded: the lowest number goes, and all below it with it', (t) => {
  const table = createSessionTable<string>();
  for (let sequence = 2; sequence <= OUTCOMES_PER_SESSION_MAX + 2; sequence++)
    run(table, 's', sequence);
  table.verify();
  t.same(
    [1, 2, 3].map((sequence) => run(table, 's', sequence)),
    ['unknown', 'unknown', 'again s3'],
  );
  t.end();
});

t.test('the memory of evicted sessions is bounded', (t) => {
  const table = createSessionTable<string>();
  for (let at = 0; at < SESSIONS_MAX + EVICTED_SESSIONS_MAX + 1; at++)
    run(table, `s${String(at)}`, 1);
  table.verify();
  t.equal(run(table, 's1', 1), 'unknown');
  t.end();
});

t.test('an image gives the same table, the order of eviction too', (t) => {
  const table = createSessionTable<string>();
  for (let at = 0; at < SESSIONS_MAX + 3; at++) run(table, `s${String(at)}`, 1);
  run(table, 's3', 7, 5);
  const copy = createSessionTable(table.image());
  t.equal(hashOf(copy), hashOf(table));
  for (const each of [table, copy]) run(each, 'next', 1);
  t.equal(hashOf(copy), hashOf(table));
  t.same(copy.admit(write('s4', 1)), { type: 'unknown' });
  t.end();
});

t.test('an image stays what it was while sessions write on, are evicted and forget', (t) => {
  const table = createSessionTable<string>();
  for (let at = 0; at < SESSIONS_MAX; at++)
    for (let sequence = 1; sequence <= 5; sequence++) run(table, `s${String(at)}`, sequence);
  const before = hashOf(table);
  const image = table.image();
  run(table, 's1', 6, 5);
  run(table, 's1', 7, 6);
  run(table, 'new', 1);
  const again = table.image();
  const later = hashOf(table);
  // Its session is the newest, which need not be moved.
  run(table, 'new', 2);
  run(table, 's1', 8, 8);
  run(table, 's2', 6, 6);
  t.equal(hashOf(createSessionTable(image)), before);
  t.equal(hashOf(createSessionTable(again)), later);
  const copy = createSessionTable(image);
  run(copy, 's3', 6, 6);
  t.equal(hashOf(createSessionTable(image)), before, 'nor does a copy change it');
  t.end();
});
