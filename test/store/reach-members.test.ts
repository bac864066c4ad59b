import t from 'tap';
import { ok } from '../../src/base/index.js';
import type { Clock, LogIndex, Revision, Term } from '../../src/base/index.js';
import type { StoreMember } from '../../src/protocol/index.js';
import type { MemberClient } from '../../src/store/member-client.js';
import { reachMembers } from '../../src/store/reach-members.js';
import type { Reached } from '../../src/store/reach-members.js';

const STAY: readonly StoreMember[] = [
  { id: 1n, name: 'store-0', learner: false },
  { id: 2n, name: 'store-1', learner: false },
  { id: 4n, name: 'store-3', learner: false },
];
const REMOVED_BY = 20 as LogIndex;
const HEADER = { clusterId: 1n, memberId: 1n, revision: 1 as Revision, raftTerm: 1 as Term };

/** Time passes in sleeps only. `applied` says how far a replica is at a time. */
function remove(applied: (name: string, nowMs: number) => number | undefined): {
  reached: Promise<Reached>;
  clock: Pick<Clock, 'monotonicMs'>;
} {
  let nowMs = 0;
  const clock = { monotonicMs: () => nowMs } as Clock;
  const sleep = (ms: number): Promise<void> => {
    nowMs += ms;
    return Promise.resolve();
  };
  const client: Pick<MemberClient, 'list' | 'appliedBy'> = {
    list: () => Promise.resolve(ok({ members: STAY, appliedIndex: REMOVED_BY, header: HEADER })),
    appliedBy: (name) => Promise.resolve(applied(name, nowMs) as LogIndex | undefined),
  };
  const goal = { remove: { name: 'store-2', first: false } };
  const actors = new Set(['store-0', 'store-1', 'store-2', 'store-3']);
  const options = { patienceMs: 3000, actors };
  return { reached: reachMembers({ clock, sleep }, client as MemberClient, goal, options), clock };
}

t.test(
  'the actor of a removed member goes on until a majority has applied its removal',
  async (t) => {
    const at1000 = (nowMs: number): number => (nowMs < 1000 ? 19 : 20);
    const { reached, clock } = remove((name, nowMs) => (name === 'store-0' ? 20 : at1000(nowMs)));
    t.same(await reached, { type: 'step', step: { type: 'stop', name: 'store-2' } });
    t.equal(clock.monotonicMs(), 1000);
  },
);

t.test('it goes on as well while those that would have to know say nothing', async (t) => {
  const { reached } = remove((name) => (name === 'store-0' ? 20 : undefined));
  t.match(await reached, { type: 'refused', changed: true, error: { code: 'unhealthy' } });
});
