import t from 'tap';
import {
  controllerOf,
  findCondition,
  hasFinalizer,
  isBeingDeleted,
  isConditionTrue,
  isControlledBy,
  newControllerReference,
  objectKeyOf,
  withCondition,
} from '../../src/api/index.js';

const OWNER = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'r', uid: 'u' } };

void t.test('an object knows its controller', (t) => {
  const reference = newControllerReference(OWNER);
  t.same(reference, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: 'r',
    uid: 'u',
    controller: true,
    blockOwnerDeletion: true,
  });
  const other = { ...reference, uid: 'v', controller: false };
  const pod = { metadata: { name: 'p', namespace: 'n', ownerReferences: [other, reference] } };
  t.equal(controllerOf(pod), reference);
  t.ok(isControlledBy(pod, OWNER));
  t.notOk(isControlledBy(pod, { metadata: { uid: 'v' } }));
  t.notOk(isControlledBy(pod, {}));
  t.equal(controllerOf({}), undefined);
  t.equal(objectKeyOf(pod), 'n/p');
  t.equal(objectKeyOf({ metadata: { name: 'node' } }), 'node');
  t.ok(isBeingDeleted({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }));
  t.notOk(isBeingDeleted(pod));
  t.ok(hasFinalizer({ metadata: { finalizers: ['a'] } }, 'a'));
  t.end();
});

void t.test('the time of a condition moves only with its status', (t) => {
  const none: { type: string; status: string; reason?: string; lastTransitionTime?: string }[] = [];
  const first = withCondition(none, { type: 'Ready', status: 'False', reason: 'New' }, 't1');
  t.same(first, [{ type: 'Ready', status: 'False', reason: 'New', lastTransitionTime: 't1' }]);
  const same = withCondition(first, { type: 'Ready', status: 'False', reason: 'New' }, 't2');
  t.equal(same, first);
  const reason = withCondition(first, { type: 'Ready', status: 'False', reason: 'Slow' }, 't2');
  t.same(reason, [{ type: 'Ready', status: 'False', reason: 'Slow', lastTransitionTime: 't1' }]);
  const changed = withCondition(first, { type: 'Ready', status: 'True' }, 't3');
  t.same(changed, [{ type: 'Ready', status: 'True', lastTransitionTime: 't3' }]);
  t.ok(isConditionTrue(changed, 'Ready'));
  t.notOk(isConditionTrue(undefined, 'Ready'));
  t.equal(findCondition(changed, 'Other'), undefined);
  t.end();
});
