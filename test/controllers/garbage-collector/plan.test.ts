import t from 'tap';
import type { OwnerReference } from '../../../src/api/index.js';
import type { ApiObject } from '../../../src/client/index.js';
import type { Collection, OwnerState } from '../../../src/controllers/garbage-collector/plan.js';
import {
  planCollection,
  planOwnerDeletion,
} from '../../../src/controllers/garbage-collector/plan.js';

const reference = (uid: string, blockOwnerDeletion = true): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'Pod',
  name: uid,
  uid,
  blockOwnerDeletion,
});
const owned = (owners: string[], finalizers: string[] = []): ApiObject => ({
  metadata: { name: 'x', finalizers, ownerReferences: owners.map((uid) => reference(uid)) },
});

void t.test('an object goes when no owner is left, and never on a guess', (t) => {
  const background: Collection = { type: 'delete', propagationPolicy: 'Background' };
  const foreground: Collection = { type: 'delete', propagationPolicy: 'Foreground' };
  const cases: [string, ApiObject, boolean, Collection][] = [
    ['no owners', owned([]), false, { type: 'keep' }],
    ['a living owner', owned(['solid']), false, { type: 'keep' }],
    ['a dead owner', owned(['absent']), false, background],
    [
      'one of each',
      owned(['solid', 'absent']),
      false,
      { type: 'unreference', ownerReferences: [reference('solid')] },
    ],
    ['one that cannot be read', owned(['unknown', 'absent']), false, { type: 'keep' }],
    ['an owner that waits', owned(['waiting']), false, background],
    ['an owner that waits, and own dependents', owned(['waiting']), true, foreground],
    [
      'a dead owner and an orphan finalizer',
      owned(['absent'], ['orphan']),
      false,
      { type: 'delete', propagationPolicy: 'Orphan' },
    ],
  ];
  for (const [name, object, hasDependents, expected] of cases) {
    t.same(
      planCollection(object, ({ uid }) => uid as OwnerState, hasDependents),
      expected,
      name,
    );
  }
  t.end();
});

void t.test('an owner waits only for those who block it', (t) => {
  const owner = (finalizers: string[]): ApiObject => ({
    metadata: { uid: 'o', finalizers, deletionTimestamp: 'now' },
  });
  const dependent = (blocks: boolean): ApiObject => ({
    metadata: { ownerReferences: [reference('o', blocks)] },
  });
  t.same(planOwnerDeletion(owner(['foregroundDeletion']), [dependent(true), dependent(false)]), {
    type: 'wait',
    blocking: 1,
  });
  t.same(planOwnerDeletion(owner(['foregroundDeletion']), [dependent(false)]), { type: 'release' });
  t.same(planOwnerDeletion(owner(['orphan']), []), { type: 'orphan' });
  t.same(planOwnerDeletion({ metadata: { finalizers: ['orphan'] } }, []), { type: 'none' });
  t.end();
});
