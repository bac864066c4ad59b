import t from 'tap';
import {
  parseFieldSelector,
  selectableFields,
  unsupportedFieldLabel,
} from '../../../src/api/selector/index.js';

void t.test('a field selector matches over the fields of its resource', (t) => {
  const pod = {
    metadata: { name: 'x', namespace: 'ns' },
    spec: { nodeName: 'n1', restartPolicy: 'Always' },
    status: { phase: 'Running', podIPs: [{ ip: '10.0.0.1' }] },
  };
  const fields = selectableFields('pods', pod);
  const cases: readonly (readonly [string, boolean])[] = [
    ['', true],
    ['spec.nodeName=n1', true],
    ['spec.nodeName==n1,status.phase!=Failed', true],
    ['spec.nodeName!=n1', false],
    ['metadata.name=x,metadata.namespace=other', false],
    ['spec.hostNetwork=false', true],
    ['status.podIP=10.0.0.1', true],
    ['status.nominatedNodeName=', true],
  ];
  for (const [text, expected] of cases) {
    const selector = parseFieldSelector(text);
    t.equal(selector.ok && selector.value.matches(fields), expected, text);
  }
  t.end();
});

void t.test('values of a field selector may be escaped', (t) => {
  const selector = parseFieldSelector('a=x\\,y\\=z\\\\');
  t.equal(selector.ok && selector.value.matches({ a: 'x,y=z\\' }), true);
  t.end();
});

void t.test('a bad field selector is refused in Kubernetes words', (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['abc', "invalid selector: 'abc'; can't understand 'abc'"],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
    ['a=\\x', 'invalid field selector: invalid escape sequence: \\x'],
    ['a=b\\', 'invalid field selector: invalid escape sequence: \\'],
  ];
  for (const [text, expected] of cases) {
    t.same(parseFieldSelector(text), { ok: false, error: expected }, text);
  }
  t.end();
});

void t.test('a field that a resource is not selected by is named', (t) => {
  const selector = parseFieldSelector('metadata.name=a,spec.foo=b');
  t.ok(selector.ok);
  if (!selector.ok) return;
  t.equal(unsupportedFieldLabel('pods', selector.value), 'field label not supported: spec.foo');
  t.equal(
    unsupportedFieldLabel('configmaps', selector.value),
    '"spec.foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
  );
  t.end();
});

void t.test('the fields of events, nodes, secrets and replica sets', (t) => {
  const event = {
    metadata: { name: 'e' },
    involvedObject: { kind: 'Pod', name: 'p', uid: 'u' },
    reportingComponent: 'kubelet',
    type: 'Warning',
  };
  t.match(selectableFields('events', event), {
    'involvedObject.kind': 'Pod',
    'involvedObject.fieldPath': '',
    source: 'kubelet',
    type: 'Warning',
  });
  t.match(selectableFields('nodes', {}), { 'spec.unschedulable': 'false' });
  t.match(selectableFields('secrets', { type: 'Opaque' }), { type: 'Opaque' });
  t.match(selectableFields('apps/replicasets', {}), { 'status.replicas': '0' });
  t.end();
});
