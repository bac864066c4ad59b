import fc from 'fast-check';
import t from 'tap';
import type { NodeId } from '../../src/base/index.js';
import { confStateOf, newTracker } from '../../src/raft/index.js';
import type { ConfState } from '../../src/raft/index.js';
import { brokenInvariant } from '../../src/raft/conf-changer.js';
import { confStatesEquivalent, restoreConfig } from '../../src/raft/conf-restore.js';

/**
 * Any configuration that Raft can be in: learners are no voters, next learners are outgoing voters
 * only.
 */
const confState: fc.Arbitrary<ConfState> = fc
  .record({
    voters: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
    others: fc.uniqueArray(fc.integer({ min: 6, max: 9 })),
    outgoing: fc.uniqueArray(fc.integer({ min: 1, max: 9 })),
    autoLeave: fc.boolean(),
  })
  .map(({ voters, others, outgoing, autoLeave }) => ({
    voters: voters as NodeId[],
    votersOutgoing: outgoing as NodeId[],
    learners: others.filter((id) => !outgoing.includes(id)) as NodeId[],
    learnersNext: others.filter((id) => outgoing.includes(id)) as NodeId[],
    autoLeave: autoLeave && outgoing.length > 0,
  }));

t.test('any configuration is restored as it was', (t) => {
  fc.assert(
    fc.property(confState, (state) => {
      const restored = restoreConfig({ tracker: newTracker(16, Infinity), lastIndex: 7 }, state);
      if (!restored.ok) return t.fail(restored.error);
      t.equal(brokenInvariant(restored.value.config, restored.value.progress), null);
      return t.ok(confStatesEquivalent(confStateOf(restored.value.config), state));
    }),
  );
  t.end();
});

t.test('one that cannot be is refused', (t) => {
  const restored = restoreConfig(
    { tracker: newTracker(16, Infinity), lastIndex: 7 },
    {
      voters: [],
      learners: [2 as NodeId],
      votersOutgoing: [],
      learnersNext: [],
      autoLeave: false,
    },
  );
  t.match(restored, { ok: false, error: 'removed all voters' });
  t.end();
});
