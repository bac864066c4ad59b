import t from 'tap';
import { decodeKubernetesProtobuf, encodeKubernetesProtobuf } from '../../../src/api/index.js';

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (pair) =>
    Number.parseInt(pair, 16),
  );
}

/** What kubectl 1.32 posted for `kubectl create configmap x --from-literal=a=b`. */
const CONFIG_MAP_OF_KUBECTL =
  '6b387300 0a0f0a0276311209436f6e6669674d6170 121b0a110a017812001a0022002a0032003800420012060a01611201621a002200';

void t.test('a body that kubectl really sent is read', (t) => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: 'b' } };
  t.same(decodeKubernetesProtobuf(bytes(CONFIG_MAP_OF_KUBECTL)), {
    ok: true,
    value: { apiVersion: 'v1', kind: 'ConfigMap', object },
  });
  t.end();
});

void t.test(
  'zeros that Go writes for unset fields are left out, zeros behind pointers are kept',
  (t) => {
    // DeploymentSpec {1 replicas: 0, 5 minReadySeconds: 0, 7 paused: false}
    const raw = '1206 0800 2800 3800';
    const body = `6b387300 0a15 0a07617070732f7631 120a4465706c6f796d656e74 1208 ${raw}`;
    const decoded = decodeKubernetesProtobuf(bytes(body));
    t.ok(decoded.ok);
    if (decoded.ok) t.same(decoded.value.object['spec'], { replicas: 0 });
    t.end();
  },
);

void t.test('DeleteOptions are read under the group version of any client', (t) => {
  for (const apiVersion of ['v1', 'apps/v1', 'batch/v1', 'meta.k8s.io/v1']) {
    const object = {
      apiVersion,
      kind: 'DeleteOptions',
      gracePeriodSeconds: 0,
      propagationPolicy: 'Foreground',
    };
    const encoded = encodeKubernetesProtobuf(object);
    t.ok(encoded.ok);
    if (!encoded.ok) continue;
    t.same(decodeKubernetesProtobuf(encoded.value), {
      ok: true,
      value: { apiVersion, kind: 'DeleteOptions', object },
    });
  }
  t.end();
});

void t.test('what is no protobuf body of Kubernetes is refused in its words', (t) => {
  t.same(decodeKubernetesProtobuf(bytes('7b7d')), {
    ok: false,
    error: {
      code: 'not-protobuf',
      message:
        'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    },
  });
  t.same(decodeKubernetesProtobuf(bytes('6b387300 0a07 0a027631 120158')), {
    ok: false,
    error: { code: 'unknown-kind', message: 'no kind "X" is registered for version "v1"' },
  });
  t.same(decodeKubernetesProtobuf(bytes('6b387300 0a0f0a0276311209436f6e6669674d6170 12ff')), {
    ok: false,
    error: { code: 'malformed', message: 'proto: unexpected EOF' },
  });
  t.end();
});

void t.test('an object that is not of its kind cannot be encoded', (t) => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', data: { a: 1 } };
  t.same(encodeKubernetesProtobuf(object), {
    ok: false,
    error: { code: 'malformed', message: 'proto: 1 is not a string' },
  });
  t.end();
});
