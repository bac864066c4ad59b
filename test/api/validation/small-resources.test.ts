import t from 'tap';
import { IN_NAMESPACE, created, updated } from './cases.js';
import type { Fields } from './cases.js';

const RBAC = 'rbac.authorization.k8s.io';

function of(fields: Fields): Fields {
  return { metadata: IN_NAMESPACE, ...fields };
}

void t.test('config maps and secrets: keys, sizes, types', (t) => {
  t.same(created('configmaps', of({ data: { 'a.b_c-d': 'x' }, binaryData: { e: 'AA==' } })), []);
  t.same(created('configmaps', of({ data: { 'a b': '' } })), [
    "data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' " +
      "(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
  ]);
  t.same(created('configmaps', of({ data: { '..': '' } })), [
    'data[..]: Invalid value: "..": must not be \'..\'',
  ]);
  t.same(created('configmaps', of({ data: { a: 'x'.repeat(2 ** 20 + 1) } })), [
    ': Too long: may not be more than 1048576 bytes',
  ]);
  t.same(created('secrets', of({ type: 'kubernetes.io/tls', data: { 'tls.crt': '' } })), [
    'data[tls.key]: Required value',
  ]);
  t.same(created('secrets', of({ type: 'kubernetes.io/service-account-token' })), [
    'metadata.annotations[kubernetes.io/service-account.name]: Required value',
  ]);
  t.same(created('secrets', of({ type: 'example.com/any', data: { a: 'AA==' } })), []);
  t.end();
});

void t.test('what is immutable stays', (t) => {
  const text = 'Forbidden: field is immutable when `immutable` is set';
  const old = of({ immutable: true, data: { a: 'b' } });
  t.same(updated('configmaps', of({ data: { a: 'b' } }), old), [`immutable: ${text}`]);
  t.same(updated('configmaps', of({ immutable: true, data: { a: 'c' } }), old), [`data: ${text}`]);
  t.same(updated('secrets', of({ type: 'b' }), of({ type: 'a' })), [
    'type: Invalid value: "b": field is immutable',
  ]);
  t.end();
});

void t.test('nodes and leases', (t) => {
  const node = (taints: Fields[]): Fields => ({ metadata: { name: 'n' }, spec: { taints } });
  t.same(created('nodes', node([{ key: 'a', effect: 'NoSchedule' }])), []);
  t.same(created('nodes', node([{ key: 'a' }])), ['spec.taints[0].effect: Required value']);
  t.same(
    created(
      'nodes',
      node([
        { key: 'a', effect: 'NoExecute' },
        { key: 'a', effect: 'NoExecute' },
      ]),
    ),
    [
      'spec.taints[1]: Duplicate value: {"key":"a","effect":"NoExecute"}: taints must be unique by key and effect pair',
    ],
  );
  t.same(
    created(
      'coordination.k8s.io/leases',
      of({ spec: { leaseDurationSeconds: 0, leaseTransitions: -1 } }),
    ),
    [
      'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
      'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0',
    ],
  );
  t.end();
});

void t.test('endpoints and endpoint slices', (t) => {
  t.same(
    created(
      'endpoints',
      of({ subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] }),
    ),
    [],
  );
  t.same(created('endpoints', of({ subsets: [{}] })), [
    'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
  ]);
  const slice = (fields: Fields): Fields => of({ addressType: 'IPv4', endpoints: [], ...fields });
  const key = 'discovery.k8s.io/endpointslices';
  t.same(
    created(key, slice({ endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ port: 1 }] })),
    [],
  );
  t.same(created(key, slice({ addressType: 'MAC' })), [
    'addressType: Unsupported value: "MAC": supported values: "FQDN", "IPv4", "IPv6"',
  ]);
  t.same(created(key, slice({ endpoints: [{ addresses: ['::2'] }] })), [
    'endpoints[0].addresses[0]: Invalid value: "::2": must be an IPv4 address',
  ]);
  t.same(updated(key, slice({ addressType: 'IPv6' }), slice({})), [
    'addressType: Invalid value: "IPv6": field is immutable',
  ]);
  t.end();
});

void t.test('events are in the namespace of what they are about', (t) => {
  t.same(created('events', of({ involvedObject: { namespace: 'default' } })), []);
  t.same(created('events', of({ involvedObject: { kind: 'Node' } })), []);
  t.same(created('events', of({ involvedObject: { namespace: 'other' } })), [
    'involvedObject.namespace: Invalid value: "other": does not match event.namespace',
  ]);
  t.same(
    created(
      'events',
      of({
        eventTime: '2026-01-01T00:00:00.000000Z',
        reason: 'X',
        action: 'Y',
        reportingComponent: 'c',
      }),
    ),
    ['reportingInstance: Required value'],
  );
  t.end();
});

void t.test('roles and bindings', (t) => {
  const rule = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };
  t.same(created(`${RBAC}/roles`, of({ rules: [rule] })), []);
  t.same(created(`${RBAC}/roles`, of({ rules: [{ resources: ['pods'] }] })), [
    'rules[0].verbs: Required value: verbs must contain at least one value',
    'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
  ]);
  t.same(created(`${RBAC}/roles`, of({ rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] })), [
    'rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs',
  ]);
  const cluster = { metadata: { name: 'x' } };
  t.same(
    created(`${RBAC}/clusterroles`, {
      ...cluster,
      rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }],
    }),
    [],
  );
  const binding = { roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'User', name: 'u' }] };
  t.same(created(`${RBAC}/rolebindings`, of(binding)), []);
  t.same(created(`${RBAC}/clusterrolebindings`, { ...cluster, ...binding }), [
    'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
  ]);
  t.same(
    created(`${RBAC}/rolebindings`, of({ ...binding, subjects: [{ kind: 'Robot', name: 'u' }] })),
    [
      'subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
    ],
  );
  t.match(
    updated(
      `${RBAC}/rolebindings`,
      of({ ...binding, roleRef: { kind: 'Role', name: 's' } }),
      of(binding),
    ),
    [/^roleRef: Invalid value: \{.*\}: cannot change roleRef$/],
  );
  t.end();
});
