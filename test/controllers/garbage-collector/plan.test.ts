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
  const plain: ApiObject = { metadata: { name: 'dependent' } };
  const waiting: ApiObject = {
    metadata: { name: 'circle', deletionTimestamp: 'now', finalizers: ['foregroundDeletion'] },
  };
  const cases: [string, ApiObject, ApiObject[], Collection][] = [
    ['no owners', owned([]), [], { type: 'keep' }],
    ['a living owner', owned(['solid']), [], { type: 'keep' }],
    ['a dead owner', owned(['absent']), [], background],
    [
      'one of each',
      owned(['solid', 'absent']),
      [],
      { type: 'unreference', ownerReferences: [reference('solid')] },
    ],
    ['one that cannot be read', owned(['unknown', 'absent']), [], { type: 'keep' }],
    ['an owner that waits', owned(['waiting']), [], background],
    ['an owner that waits, and own dependents', owned(['waiting']), [plain], foreground],
    [
      'an owner that waits, and a dependent that does: perhaps a circle',
      owned(['waiting']),
      [plain, waiting],
      { ...foreground, unblock: [reference('waiting', false)] },
    ],
    [
      'a dead owner and an orphan finalizer',
      owned(['absent'], ['orphan']),
      [],
      { type: 'delete', propagationPolicy: 'Orphan' },
    ],
  ];
  for (const [name, object, dependents, expected] of cases) {
    t.same(
      planCollection(object, ({ uid }) => uid as OwnerState, dependents),
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
