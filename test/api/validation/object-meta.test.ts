import t from 'tap';
import { IN_NAMESPACE, LABEL_RULE, SUBDOMAIN_RULE, created, updated } from './cases.js';

const KEY =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
  "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
  "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and " +
  "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
  "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

function meta(metadata: Record<string, unknown>): string[] {
  return created('configmaps', { metadata: { ...IN_NAMESPACE, ...metadata } });
}

void t.test('names are checked as their resource wants them', (t) => {
  t.same(created('configmaps', { metadata: { ...IN_NAMESPACE, name: 'X' } }), [
    `metadata.name: Invalid value: "X": ${SUBDOMAIN_RULE}`,
  ]);
  t.same(created('configmaps', { metadata: { namespace: 'default' } }), [
    'metadata.name: Required value: name or generateName is required',
  ]);
  t.same(created('configmaps', { metadata: { ...IN_NAMESPACE, name: 'a'.repeat(254) } }), [
    `metadata.name: Invalid value: "${'a'.repeat(254)}": must be no more than 253 characters`,
  ]);
  t.same(created('namespaces', { metadata: { name: 'a.b' } }), [
    'metadata.name: Invalid value: "a.b": must not contain dots',
  ]);
  t.same(created('namespaces', { metadata: { name: 'A' } }), [
    `metadata.name: Invalid value: "A": ${LABEL_RULE}`,
  ]);
  const service = { spec: { ports: [{ port: 80 }] } };
  t.same(created('services', { metadata: { ...IN_NAMESPACE, name: '1a' }, ...service }), [
    'metadata.name: Invalid value: "1a": a DNS-1035 label must consist of lower case alphanumeric characters or \'-\', ' +
      "start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', " +
      "regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
  ]);
  t.same(
    created('rbac.authorization.k8s.io/roles', { metadata: { ...IN_NAMESPACE, name: 'system:A' } }),
    [],
  );
  t.same(
    created('rbac.authorization.k8s.io/roles', { metadata: { ...IN_NAMESPACE, name: 'a/b%' } }),
    [
      'metadata.name: Invalid value: "a/b%": may not contain \'/\'',
      'metadata.name: Invalid value: "a/b%": may not contain \'%\'',
    ],
  );
  t.same(meta({ generateName: 'web-' }), []);
  t.end();
});

void t.test('namespaces belong to namespaced objects', (t) => {
  t.same(created('configmaps', { metadata: { name: 'x' } }), [
    'metadata.namespace: Required value',
  ]);
  t.same(created('nodes', { metadata: { name: 'x', namespace: 'y' } }), [
    'metadata.namespace: Forbidden: not allowed on this type',
  ]);
  t.end();
});

void t.test('labels and annotations', (t) => {
  t.same(
    meta({
      labels: { 'example.com/a': 'b', c: '' },
      annotations: { 'Example.com/A': 'any: text' },
    }),
    [],
  );
  t.same(meta({ labels: { '-a': 'b' } }), [`metadata.labels: Invalid value: "-a": ${KEY}`]);
  t.same(meta({ labels: { a: 'b c' } }), [`metadata.labels: Invalid value: "b c": ${VALUE}`]);
  t.same(meta({ labels: { a: 'b'.repeat(64) } }), [
    `metadata.labels: Invalid value: "${'b'.repeat(64)}": must be no more than 63 bytes`,
  ]);
  t.same(meta({ labels: { '/a': '' } }), [
    'metadata.labels: Invalid value: "/a": prefix part must be non-empty',
  ]);
  t.same(meta({ annotations: { a: 'ä'.repeat(128 * 1024 - 1) } }), []);
  t.same(meta({ annotations: { a: 'ä'.repeat(128 * 1024) } }), [
    'metadata.annotations: Too long: may not be more than 262144 bytes',
  ]);
  t.end();
});

void t.test('owner references', (t) => {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'u' };
  t.same(meta({ ownerReferences: [owner, { ...owner, uid: 'v', controller: true }] }), []);
  t.same(meta({ ownerReferences: [{ apiVersion: 'a/b/c' }] }), [
    'metadata.ownerReferences[0].apiVersion: Invalid value: "a/b/c": must be <group>/<version> or <version>',
    'metadata.ownerReferences[0].kind: Required value: must not be empty',
    'metadata.ownerReferences[0].name: Required value: must not be empty',
    'metadata.ownerReferences[0].uid: Required value: must not be empty',
  ]);
  const two = [
    { ...owner, controller: true },
    { ...owner, name: 's', controller: true },
  ];
  t.match(meta({ ownerReferences: two }), [
    / Only one reference can have Controller set to true\. Found "true" in references for ReplicaSet\/r and ReplicaSet\/s$/,
  ]);
  t.end();
});

void t.test('finalizers are qualified, or standard', (t) => {
  t.same(meta({ finalizers: ['example.com/x', 'foregroundDeletion'] }), []);
  t.same(meta({ finalizers: ['x'] }), [
    'metadata.finalizers[0]: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified',
  ]);
  t.end();
});

void t.test('an update keeps what it must', (t) => {
  const old = { metadata: { ...IN_NAMESPACE, uid: 'u', generation: 2 } };
  t.same(updated('configmaps', old, old), []);
  t.same(updated('configmaps', { metadata: { ...old.metadata, uid: 'v' } }, old), [
    'metadata.uid: Invalid value: "v": field is immutable',
  ]);
  t.same(updated('configmaps', { metadata: { ...old.metadata, resourceVersion: '' } }, old), [
    'metadata.resourceVersion: Invalid value: "": must be specified for an update',
  ]);
  t.same(updated('configmaps', { metadata: { ...old.metadata, generation: 1 } }, old), [
    'metadata.generation: Invalid value: 1: must not be decremented',
  ]);
  const deleted = {
    metadata: {
      ...old.metadata,
      deletionTimestamp: '2026-01-01T00:00:00Z',
      finalizers: ['a.io/b'],
    },
  };
  const added = { metadata: { ...deleted.metadata, finalizers: ['a.io/b', 'a.io/d', 'a.io/c'] } };
  t.same(updated('configmaps', added, deleted), [
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, ' +
      'found new finalizers []string{"a.io/c", "a.io/d"}',
  ]);
  t.same(updated('configmaps', { metadata: { ...deleted.metadata, finalizers: [] } }, deleted), []);
  t.end();
});
