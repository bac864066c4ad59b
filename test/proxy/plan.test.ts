import t from 'tap';
import type { V1EndpointSlice, V1Service } from '../../src/api/index.js';
import { planRules } from '../../src/proxy/index.js';

function service(spec: Partial<NonNullable<V1Service['spec']>> = {}): V1Service {
  return {
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      clusterIP: '10.96.0.7',
      clusterIPs: ['10.96.0.7'],
      ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
      ...spec,
    },
  };
}

function slice(
  ...endpoints: [ip: string, node: string, conditions?: Record<string, boolean>][]
): V1EndpointSlice {
  return {
    metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: endpoints.map(([ip, nodeName, conditions]) => ({
      addresses: [ip],
      nodeName,
      conditions: conditions ?? { ready: true },
    })),
  };
}

const addresses = (services: V1Service[], slices: V1EndpointSlice[]): string[] | undefined =>
  planRules(services, slices, 'a')[0]?.backends.map(({ ip, port }) => `${ip}:${port}`);

t.test(
  'a service port leads to the ready endpoints behind its slices, each once, in order',
  async (t) => {
    const [rule] = planRules(
      [service()],
      [slice(['10.0.0.2', 'b'], ['10.0.0.1', 'a']), slice(['10.0.0.1', 'a'])],
      'a',
    );
    t.match(rule, { name: 'shop/web:http', clusterIPs: ['10.96.0.7'], port: 80, protocol: 'TCP' });
    t.same(rule?.backends, [
      { ip: '10.0.0.1', port: 8080, local: true },
      { ip: '10.0.0.2', port: 8080, local: false },
    ]);
  },
);

t.test('where none is ready, those that terminate but still serve are used', async (t) => {
  const leaving = { ready: false, serving: true, terminating: true };
  t.same(addresses([service()], [slice(['10.0.0.1', 'a', leaving], ['10.0.0.2', 'a'])]), [
    '10.0.0.2:8080',
  ]);
  t.same(
    addresses(
      [service()],
      [
        slice(
          ['10.0.0.1', 'a', leaving],
          ['10.0.0.2', 'a', { ready: false, serving: false, terminating: true }],
        ),
      ],
    ),
    ['10.0.0.1:8080'],
  );
});

t.test('a Local policy keeps to the node', async (t) => {
  const slices = [slice(['10.0.0.1', 'a'], ['10.0.0.2', 'b'])];
  t.same(addresses([service({ internalTrafficPolicy: 'Local' })], slices), ['10.0.0.1:8080']);
  const [external] = planRules(
    [service({ type: 'NodePort', externalTrafficPolicy: 'Local' })],
    slices,
    'b',
  );
  t.same(
    external?.externalBackends.map(({ ip }) => ip),
    ['10.0.0.2'],
  );
  t.equal(external?.backends.length, 2);
});

t.test(
  'headless and external names have no rules; a service without endpoints has one that refuses',
  async (t) => {
    t.same(
      planRules(
        [service({ clusterIP: 'None' }), service({ type: 'ExternalName', clusterIP: '' })],
        [],
        'a',
      ),
      [],
    );
    t.same(addresses([service()], []), []);
  },
);

t.test('session affinity has its timeout, by default three hours', async (t) => {
  t.equal(
    planRules([service({ sessionAffinity: 'ClientIP' })], [], 'a')[0]?.affinitySeconds,
    10_800,
  );
  const config = { clientIP: { timeoutSeconds: 5 } };
  t.equal(
    planRules([service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: config })], [], 'a')[0]
      ?.affinitySeconds,
    5,
  );
});
