import t from 'tap';
import { electionEvent, tellInMs } from '../../../src/controllers/elections/event.js';
import type { ElectionRecord } from '../../../src/protocol/index.js';

const RECORD: ElectionRecord = {
  term: 5,
  leader: 'store-1',
  candidate: 'store-1',
  cause: 'leader-crash',
  causeDetail: 'life 1 of store-0 ended while it was the leader: killed on purpose',
  votes: [],
  phases: { detectMs: 1, preVoteMs: 1, voteMs: 1, commitMs: 1, firstWriteMs: null },
  unavailableMs: 43.4,
  electedAt: '2026-11-27T10:00:00.250Z',
  id: '5.store-1.mi1',
  outcome: 'elected',
  splitVote: false,
  attempts: 1,
  previousLeader: 'store-0',
  preVotes: [],
  logs: [],
  complete: true,
};
const AT_MS = Date.parse(RECORD.electedAt);

t.test('an election as an event of kube-system', (t) => {
  t.match(electionEvent(RECORD), {
    metadata: { name: 'election.5.store-1.mi1', namespace: 'kube-system' },
    involvedObject: { kind: 'StoreReplica', name: 'store-1', namespace: 'kube-system' },
    type: 'Warning',
    reason: 'LeaderElected',
    message:
      'term 5: store-1 leads (leader-crash: life 1 of store-0 ended while it was the leader: killed on purpose), no writes for 43 ms',
    firstTimestamp: '2026-11-27T10:00:00Z',
    reportingComponent: 'store',
    reportingInstance: 'store-1',
  });
  t.equal(electionEvent({ ...RECORD, cause: 'leader-stopped' }).type, 'Normal');
  const failed = { ...RECORD, leader: null, outcome: 'not-elected', splitVote: true } as const;
  t.match(electionEvent(failed), {
    type: 'Warning',
    reason: 'CampaignFailed',
    message: /store-1 was not elected, the votes were split/,
  });
  t.end();
});

t.test('told when its cause is final, else after ten seconds, and not after ten minutes', (t) => {
  const open = { ...RECORD, complete: false };
  t.equal(tellInMs(RECORD, AT_MS), 0);
  t.equal(tellInMs(open, AT_MS + 9_000), 1_000);
  t.equal(tellInMs(open, AT_MS + 10_000), 0);
  t.equal(tellInMs(RECORD, AT_MS + 601_000), undefined);
  t.end();
});
