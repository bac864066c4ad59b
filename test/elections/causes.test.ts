import t from 'tap';
import { attribute, mergeEvidence, recordOf } from '../../src/elections/index.js';
import type { CampaignFacts } from '../../src/protocol/index.js';
import { evidenceOf, heard, witnessOf } from './evidence.js';

/** It asked at its start, before it had heard of the leader, and gave up when it did. */
const ASKED_AT_START: Partial<CampaignFacts> = {
  outcome: 'ended-in-pre-vote',
  votingMs: null,
  wonMs: null,
  committedMs: null,
  endedMs: 1030,
};

t.test('a replica that is restarted alone is no start of the cluster', (t) => {
  const restarted = witnessOf('b', [], { sinceMs: 900 });
  t.match(attribute(evidenceOf(ASKED_AT_START, restarted)), {
    cause: 'unknown',
    detail:
      'b has heard no leader since it started, and no majority of the replicas that were there tells what it saw',
  });
  // The others were restarted after that, and what their lives then saw is gone.
  const later = ['a', 'c'].map((id) => witnessOf(id, [], { sinceMs: 2000, toldMs: 2100 }));
  t.equal(attribute(evidenceOf(ASKED_AT_START, restarted, ...later)).cause, 'unknown');
  const leaders = [heard('a', 2, 10, 1030)];
  const told = [witnessOf('a', [], { leaders }), witnessOf('c', [], { leaders })];
  t.match(attribute(evidenceOf(ASKED_AT_START, restarted, ...told)), {
    cause: 'lagging-replica',
    detail: 'b had just started, and not heard of a yet',
  });
  const refusal = { voter: 'c', granted: false, reason: 'leader-alive' } as const;
  t.match(attribute(evidenceOf({ ...ASKED_AT_START, preVotes: [refusal] }, restarted)), {
    cause: 'lagging-replica',
    detail: 'b has heard no leader since it started, but c heard one',
  });
  t.end();
});

t.test('a winner whose log is empty is the first leader of all', (t) => {
  const log = { replica: 'b', lastIndex: 0, lastTerm: 0, commitIndex: 0 };
  t.match(attribute(evidenceOf({}, witnessOf('b', [], { log }))), {
    cause: 'cluster-start',
    detail: 'the first start: no leader has written anything before b',
  });
  t.end();
});

t.test('a majority that has heard no leader in its lives is a start of the cluster', (t) => {
  const lives = ['a', 'b'].map((id) => witnessOf(id, [], { sinceMs: 900 }));
  t.match(attribute(evidenceOf({}, ...lives)), {
    cause: 'cluster-start',
    detail: '2 of 3 replicas tell that they heard no leader since they started',
  });
  t.end();
});

/** `c` asked for votes in term 3 while nobody heard it; `a` led on, and heard of that term by `b`. */
const RAISED = evidenceOf(
  { term: 4, silentSinceMs: 990, leaderBefore: { leader: 'a', term: 2 } },
  witnessOf('a', [
    {
      atMs: 900,
      is: 'met-higher-term',
      term: 3,
      by: 'b',
      message: 'MsgAppResp',
      led: true,
    },
  ]),
  witnessOf('b', [], { leaders: [heard('a', 2, 10, 899)] }),
  witnessOf('c', [{ atMs: 300, is: 'campaigned', phase: 'vote', reason: 'forced', term: 3 }], {
    leaders: [heard('a', 2, 10, 100)],
  }),
);

t.test('a term that a third one passed on was raised by who asked for votes in it', (t) => {
  t.match(attribute(RAISED), {
    cause: 'term-raised',
    detail:
      'c came back with term 3, which b passed on, and a, the leader of term 2, stepped down 100 ms before the campaign',
  });
  t.equal(recordOf(RAISED).unavailableMs, 103, 'it led until it stepped down');
  const byThatOne = {
    ...RAISED,
    campaign: { ...RAISED.campaign, candidate: 'c', silentSinceMs: 100 },
  };
  t.equal(recordOf(byThatOne).unavailableMs, 103, 'whenever the candidate heard it last');
  t.end();
});

t.test('a leader that was given up, and campaigns itself, did not hear nothing of itself', (t) => {
  const given = evidenceOf(
    { term: 4, candidate: 'a', silentSinceMs: 900, leaderBefore: { leader: 'a', term: 2 } },
    witnessOf('a', [
      { atMs: 110, is: 'blocked', by: 'disk', ms: 780 },
      { atMs: 900, is: 'met-higher-term', term: 3, by: 'c', message: 'MsgVote', led: true },
    ]),
    witnessOf('b', [], { leaders: [heard('a', 2, 10, 100)] }),
    witnessOf('c', [{ atMs: 600, is: 'campaigned', phase: 'vote', reason: 'forced', term: 3 }], {
      leaders: [heard('a', 2, 10, 100)],
    }),
  );
  t.match(attribute(given), {
    cause: 'slow-disk',
    detail: 'c heard nothing of a for 500 ms: it waited for its disk for 780 ms',
  });
  t.equal(recordOf(given).unavailableMs, 903);
  t.end();
});

const DOUBLE_CRASH = [
  { atMs: 500, is: 'saw-death', of: 'a', incarnation: 1, led: true, term: 1 },
  { atMs: 700, is: 'saw-death', of: 'c', incarnation: 1, led: true, term: 2 },
] as const;

t.test('the gap of two crashes goes on from the leader that could commit', (t) => {
  const leaders = [heard('a', 1, 10, 499), heard('c', 2, 600, 699)];
  const after = (lastTerm: number): number | null =>
    recordOf(
      evidenceOf(
        { silentSinceMs: 700, leaderBefore: { leader: 'c', term: 2 } },
        witnessOf('b', DOUBLE_CRASH, {
          leaders,
          log: { replica: 'b', lastIndex: 9, lastTerm, commitIndex: 8 },
        }),
      ),
    ).unavailableMs;
  t.equal(after(2), 303, 'the second one may have');
  t.equal(after(1), 503, 'of the second one the winner has nothing');
  t.end();
});

t.test('a candidate that dies on the way has ended its campaign', (t) => {
  const running = { ...ASKED_AT_START, outcome: 'running', endedMs: null } as const;
  const alone = evidenceOf(running, witnessOf('b', [], { watchedUntilMs: 990, toldMs: 1000 }));
  t.match(recordOf(alone), { outcome: 'running', complete: false });
  const seen = [
    { atMs: 1050, is: 'saw-death', of: 'b', incarnation: 1, led: false, term: 2 },
  ] as const;
  const others = { ...alone, witnesses: [witnessOf('a', seen), witnessOf('c', seen)] };
  const merged = mergeEvidence(alone, others);
  t.match(recordOf(merged), { outcome: 'ended-in-pre-vote', complete: false });
  const nextLife = { ...alone, witnesses: [witnessOf('b', [], { sinceMs: 1300, toldMs: 1400 })] };
  const all = mergeEvidence(merged, nextLife);
  t.match(recordOf(all), { outcome: 'ended-in-pre-vote', complete: true });
  t.equal(all.witnesses.find(({ replica }) => replica === 'b')?.sinceMs, 0, 'the life that asked');
  t.same(mergeEvidence(nextLife, merged), all, 'whoever tells first');
  t.same(mergeEvidence(all, nextLife), all);
  t.end();
});
