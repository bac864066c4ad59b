import t from 'tap';
import { seededRandom } from '../../src/base/index.js';
import type { ElectionRecord } from '../../src/protocol/index.js';
import { createSimDisk } from '../../src/sim/index.js';
import { ElectionHistory } from '../../src/store/election-history.js';

function record(term: number, leader: string | null = 'store-1', at = term): ElectionRecord {
  return {
    term,
    leader,
    candidate: 'store-1',
    cause: 'heartbeat-timeout',
    causeDetail: 'no heartbeat',
    votes: [],
    phases: { detectMs: 1, preVoteMs: 1, voteMs: 1, commitMs: 1 },
    unavailableMs: 4,
    electedAt: new Date(at * 1000).toISOString(),
  };
}

t.test('history is bounded, survives restarts and a torn last line', (t) => {
  const disk = createSimDisk({ random: seededRandom(1), charge: () => undefined });
  const history = new ElectionHistory(disk, 'elections');
  for (let term = 1; term <= 2500; term++) history.add(record(term));
  t.equal(history.newestFirst(5000).length, 1000);
  t.equal(history.newestFirst(1)[0]?.term, 2500);
  history.close();
  const size = disk.files()[0]?.bytes ?? 0;
  disk.open('elections', 'write').truncate(size - 10);
  const again = new ElectionHistory(disk, 'elections');
  t.equal(again.newestFirst(1)[0]?.term, 2499);
  t.ok(again.newestFirst(5000).length >= 999);
  t.end();
});

t.test('the same record is kept once, and tries that fail again and again as one', (t) => {
  const disk = createSimDisk({ random: seededRandom(1), charge: () => undefined });
  const history = new ElectionHistory(disk, 'elections');
  history.add(record(3));
  history.add(record(3));
  for (let at = 10; at < 20; at++) history.add(record(4, null, at));
  t.same(
    history.newestFirst(10).map((one) => [one.term, one.leader, one.electedAt]),
    [
      [4, null, new Date(19_000).toISOString()],
      [3, 'store-1', new Date(3000).toISOString()],
    ],
  );
  t.end();
});
