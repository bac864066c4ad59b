import t from 'tap';
import type { V1PersistentVolumeClaim } from '../../../src/api/index.js';
import {
  claimOwners,
  claimsOf,
  hasOwners,
  isStale,
} from '../../../src/controllers/statefulset/claims.js';
import { planStatefulSet } from '../../../src/controllers/statefulset/plan.js';
import { statefulPod } from '../../../src/controllers/statefulset/pod.js';
import { pod, state, statefulSet } from './objects.js';

const volumeClaimTemplates: V1PersistentVolumeClaim[] = [
  { metadata: { name: 'data', labels: { a: 'b' } }, spec: { accessModes: ['ReadWriteOnce'] } },
];
const claim = claimsOf(statefulSet(1, { volumeClaimTemplates }), 0)[0] as V1PersistentVolumeClaim;

t.test('a claim is named for its template, its set and its ordinal', (t) => {
  t.same(claim, {
    metadata: { name: 'data-db-0', namespace: 'default', labels: { a: 'b', app: 'db' } },
    spec: { accessModes: ['ReadWriteOnce'] },
  });
  t.end();
});

t.test('it takes the place of a volume with the name of its template', (t) => {
  const volumes = [
    { name: 'data', emptyDir: {} },
    { name: 'tmp', emptyDir: {} },
  ];
  const template = { spec: { containers: [], volumes } };
  const made = statefulPod(statefulSet(1, { volumeClaimTemplates }), 0, template, 'r');
  t.same(made.spec?.volumes, [
    { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } },
    { name: 'tmp', emptyDir: {} },
  ]);
  t.end();
});

t.test('its owners are those that the retention policy demands', (t) => {
  const cases: [string, string, number, string[]][] = [
    ['Retain', 'Retain', 1, []],
    ['Retain', 'Retain', 0, []],
    ['Delete', 'Retain', 1, ['StatefulSet']],
    ['Delete', 'Retain', 0, ['StatefulSet']],
    ['Retain', 'Delete', 1, []],
    ['Retain', 'Delete', 0, ['Pod']],
    ['Delete', 'Delete', 1, ['StatefulSet']],
    ['Delete', 'Delete', 0, ['Pod']],
  ];
  for (const [whenDeleted, whenScaled, replicas, wanted] of cases) {
    const persistentVolumeClaimRetentionPolicy = { whenDeleted, whenScaled };
    const set = statefulSet(replicas, { persistentVolumeClaimRetentionPolicy });
    const owners = claimOwners(claim, set, pod('0'));
    const what = `deleted: ${whenDeleted}, scaled: ${whenScaled}, replicas: ${String(replicas)}`;
    t.same(
      owners.map(({ kind }) => kind),
      wanted,
      what,
    );
    t.ok(
      owners.every(({ controller }) => controller === true),
      what,
    );
    t.equal(hasOwners(claim, owners), wanted.length === 0, what);
    const before = { ...claim, metadata: { ...claim.metadata, ownerReferences: [...owners] } };
    t.same(claimOwners(before, set, pod('0')), owners, 'once it is so, it stays so');
  }
  t.end();
});

t.test('a stranger who controls it keeps it, and other owners stay', (t) => {
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'x' };
  const persistentVolumeClaimRetentionPolicy = { whenDeleted: 'Delete', whenScaled: 'Retain' };
  const set = statefulSet(1, { persistentVolumeClaimRetentionPolicy });
  const owned = (controller: boolean): V1PersistentVolumeClaim => ({
    ...claim,
    metadata: { ...claim.metadata, ownerReferences: [{ ...owner, controller }] },
  });
  const kinds = (controller: boolean): string[] =>
    claimOwners(owned(controller), set, pod('0')).map(({ kind }) => kind);
  t.same(kinds(true), ['ConfigMap']);
  t.same(kinds(false), ['ConfigMap', 'StatefulSet']);
  t.end();
});

t.test('a pod waits until a claim that goes with its predecessor is gone', (t) => {
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name: 'db-0', uid: 'before' }];
  const old = { ...claim, metadata: { ...claim.metadata, ownerReferences } };
  t.ok(isStale(old, 'db-0'));
  t.notOk(isStale(old, 'db-1'));
  const set = statefulSet(1, { volumeClaimTemplates });
  const known = (found: V1PersistentVolumeClaim | undefined): number =>
    planStatefulSet({ ...state(set, []), claimOf: () => found }).replicas.length;
  t.equal(known(old), 0);
  t.equal(known(claim), 1);
  t.equal(known(undefined), 1);
  t.end();
});

t.test('a pod that waits gets the claims that it lacks', (t) => {
  const set = statefulSet(1, { volumeClaimTemplates });
  t.same(planStatefulSet(state(set, [pod('0', 'pending')])).replicas, [
    { type: 'create-claims', ordinal: 0 },
  ]);
  t.end();
});
