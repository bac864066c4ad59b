import t from 'tap';
import { seededRandom } from '../../src/base/index.js';
import type { ElectionRecord } from '../../src/protocol/index.js';
import { createSimDisk } from '../../src/sim/index.js';
import type { SimDisk } from '../../src/sim/index.js';
import { ElectionHistory } from '../../src/store/election-history.js';
import { parseElections } from '../../src/store/election-lines.js';

function record(term: number, changes: Partial<ElectionRecord> = {}): ElectionRecord {
  return {
    term,
    leader: 'store-1',
    candidate: 'store-1',
    cause: 'leader-crash',
    causeDetail: 'life 1 of store-0 ended while it was the leader',
    votes: [],
    phases: { detectMs: 1, preVoteMs: 1, voteMs: 1, commitMs: 1, firstWriteMs: null },
    unavailableMs: 4,
    electedAt: new Date(term * 1000).toISOString(),
    id: `${String(term)}.store-1.x`,
    outcome: 'elected',
    splitVote: false,
    attempts: 1,
    previousLeader: 'store-0',
    preVotes: [],
    logs: [],
    complete: true,
    ...changes,
  };
}

function newDisk(): SimDisk {
  return createSimDisk({ random: seededRandom(1), charge: () => undefined });
}

t.test('history is bounded, survives restarts and a torn last line', (t) => {
  const disk = newDisk();
  const history = new ElectionHistory(disk, 'elections', 'store-1');
  for (let term = 1; term <= 2500; term++) history.put(record(term));
  t.equal(history.newestFirst(5000).length, 1000);
  t.equal(history.newestFirst(1)[0]?.term, 2500);
  history.close();
  const size = disk.files()[0]?.bytes ?? 0;
  disk.open('elections', 'write').truncate(size - 10);
  const again = new ElectionHistory(disk, 'elections', 'store-1');
  t.equal(again.newestFirst(1)[0]?.term, 2499);
  t.ok(again.newestFirst(5000).length >= 999);
  t.end();
});

t.test('what is learned later takes the place of what was known, over a restart too', (t) => {
  const disk = newDisk();
  const history = new ElectionHistory(disk, 'elections', 'store-1');
  history.put(record(3, { cause: 'unknown', complete: false }));
  history.put(record(4));
  history.put(record(3, { cause: 'slow-disk' }));
  history.close();
  for (const one of [history, new ElectionHistory(disk, 'elections', 'store-1')])
    t.same(
      one.newestFirst(10).map(({ term, cause, complete }) => [term, cause, complete]),
      [
        [4, 'leader-crash', true],
        [3, 'slow-disk', true],
      ],
    );
  t.end();
});

t.test('the file is bounded however much is learned, and small once it is tidied up', (t) => {
  const disk = newDisk();
  const history = new ElectionHistory(disk, 'elections', 'store-1');
  const causeDetail = 'x'.repeat(10_000);
  const bytes = (): number => disk.files()[0]?.bytes ?? 0;
  let most = 0;
  for (let round = 0; round < 3000; round++) {
    history.put(record(1 + (round % 100), { causeDetail }));
    most = Math.max(most, bytes());
  }
  t.ok(most < 9 * 1024 * 1024, String(most));
  while (bytes() < 5 * 1024 * 1024) history.put(record(7, { causeDetail }));
  history.tidy();
  t.ok(bytes() < 2 * 1024 * 1024, String(bytes()));
  t.equal(history.newestFirst(5000).length, 100);
  history.close();
  const next = new ElectionHistory(disk, 'elections', 'store-1');
  t.equal(next.newestFirst(5000).length, 100);
  t.end();
});

t.test('an election adds a line to a file that nobody has read, behind a torn one too', (t) => {
  const disk = newDisk();
  const first = new ElectionHistory(disk, 'elections', 'store-1');
  first.put(record(1));
  first.put(record(2));
  first.close();
  disk.open('elections', 'write').truncate((disk.files()[0]?.bytes ?? 0) - 10);
  const second = new ElectionHistory(disk, 'elections', 'store-1');
  second.put(record(3, { outcome: 'running', leader: null }));
  t.same(
    second.newestFirst(10).map(({ term, outcome }) => [term, outcome]),
    [
      [3, 'running'],
      [1, 'elected'],
    ],
    'what this life has begun may go on',
  );
  second.close();
  const third = new ElectionHistory(disk, 'elections', 'store-1');
  third.put(record(4));
  third.tidy();
  third.close();
  const file = disk.open('elections', 'read');
  const bytes = new Uint8Array(file.size());
  file.pread(bytes, 0);
  t.same(
    [...parseElections(new TextDecoder().decode(bytes)).values()].map(({ term, outcome }) => [
      term,
      outcome,
    ]),
    [
      [1, 'elected'],
      [3, 'not-elected'],
      [4, 'elected'],
    ],
    'whoever reads the file finds that it has ended',
  );
  t.end();
});

t.test('the lines of version 0.1 are read', (t) => {
  const disk = newDisk();
  const old = {
    term: 2,
    leader: null,
    candidate: 'store-2',
    cause: 'heartbeat-timeout',
    causeDetail: 'no heartbeat of the leader for 1200 ms',
    votes: [],
    phases: { detectMs: 1200, preVoteMs: null, voteMs: null, commitMs: null },
    unavailableMs: null,
    electedAt: '2026-11-22T10:00:00.000Z',
  };
  const line = new TextEncoder().encode(`${JSON.stringify(old)}\n`);
  disk.open('elections', 'create').pwritev([line], 0);
  const [read] = new ElectionHistory(disk, 'elections', 'store-1').newestFirst(1);
  t.match(read, { term: 2, cause: 'unknown', outcome: 'not-elected', complete: true });
  t.equal(read?.causeDetail, old.causeDetail);
  t.end();
});

t.test('a life goes on behind the lines of those before it, and ends what they left', (t) => {
  const disk = newDisk();
  const first = new ElectionHistory(disk, 'elections', 'store-1');
  first.put(record(1));
  first.put(record(2, { outcome: 'running', leader: null }));
  first.put(record(3, { outcome: 'running', leader: null, candidate: 'store-2' }));
  first.close();
  const outcomes = (history: ElectionHistory): unknown[] =>
    history.newestFirst(10).map(({ term, outcome }) => [term, outcome]);
  const second = new ElectionHistory(disk, 'elections', 'store-1');
  const expected = [
    [3, 'running'],
    [2, 'not-elected'],
    [1, 'elected'],
  ];
  t.same(outcomes(second), expected, 'of another replica it is not for this one to say');
  second.close();
  const bytes = disk.files()[0]?.bytes ?? 0;
  const third = new ElectionHistory(disk, 'elections', 'store-1');
  t.same(outcomes(third), expected);
  t.equal(disk.files()[0]?.bytes, bytes, 'nothing had to be written');
  third.put(record(4));
  third.close();
  t.same(outcomes(new ElectionHistory(disk, 'elections', 'store-1')), [
    [4, 'elected'],
    ...expected,
  ]);
  t.end();
});
