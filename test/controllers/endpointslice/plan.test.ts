import t from 'tap';
import type { V1Endpoint, V1EndpointSlice, V1Pod, V1Service } from '../../../src/api/index.js';
import { endpointsOfService } from '../../../src/controllers/endpointslice/endpoints-of-service.js';
import { legacySubsets } from '../../../src/controllers/endpointslice/legacy-endpoints.js';
import { planSlices } from '../../../src/controllers/endpointslice/plan.js';

const endpoint = (at: number): V1Endpoint => ({
  addresses: [`10.0.0.${String(at)}`],
  targetRef: { uid: String(at) },
});
const range = (count: number, from = 0): V1Endpoint[] =>
  Array.from({ length: count }, (_, at) => endpoint(from + at));
const LABELS = { 'kubernetes.io/service-name': 'web' };
const ports = [{ name: '', port: 80, protocol: 'TCP' }];
const group = (
  endpoints: V1Endpoint[],
): { addressType: 'IPv4'; ports: typeof ports; endpoints: V1Endpoint[] } => ({
  addressType: 'IPv4',
  ports,
  endpoints,
});
const slice = (name: string, endpoints: V1Endpoint[]): V1EndpointSlice => ({
  addressType: 'IPv4',
  metadata: { name, labels: LABELS },
  ports,
  endpoints,
});

function summary(wanted: V1Endpoint[], slices: V1EndpointSlice[]): object {
  const plan = planSlices([group(wanted)], slices, LABELS);
  return {
    create: plan.create.map(({ endpoints }) => endpoints.length),
    update: plan.update.map(({ slice: each, endpoints }) => [
      each.metadata?.name,
      endpoints.length,
    ]),
    delete: plan.delete.map(({ metadata }) => metadata?.name),
  };
}

void t.test('slices hold a hundred endpoints, and change as little as can be', (t) => {
  const cases: [string, V1Endpoint[], V1EndpointSlice[], object][] = [
    ['from nothing', range(250), [], { create: [100, 100, 50], update: [], delete: [] }],
    ['nothing to do', range(3), [slice('a', range(3))], { create: [], update: [], delete: [] }],
    [
      'room is filled',
      range(120),
      [slice('a', range(100)), slice('b', range(5, 100))],
      { create: [], update: [['b', 20]], delete: [] },
    ],
    [
      'one leaves',
      range(2),
      [slice('a', range(3))],
      { create: [], update: [['a', 2]], delete: [] },
    ],
    [
      'an empty slice goes',
      range(100),
      [slice('a', range(100)), slice('b', range(5, 100))],
      { create: [], update: [], delete: ['b'] },
    ],
    [
      'the last one stays, empty',
      [],
      [slice('a', range(2)), slice('b', range(2, 5))],
      { create: [], update: [['a', 0]], delete: ['b'] },
    ],
  ];
  for (const [name, wanted, slices, expected] of cases)
    t.same(summary(wanted, slices), expected, name);
  t.end();
});

void t.test("slices follow their Service's labels", (t) => {
  const old = [slice('a', range(100)), slice('b', range(1, 100))];
  const plan = planSlices([group(range(101))], old, { ...LABELS, tier: 'front' });
  t.same(
    plan.update.map(({ slice: each, endpoints }) => [each.metadata?.name, endpoints.length]),
    [
      ['a', 100],
      ['b', 1],
    ],
  );
  t.same([plan.create, plan.delete], [[], []]);
  t.end();
});

void t.test(
  'a named port is looked up in each pod, and pods with other numbers are another group',
  (t) => {
    const service: V1Service = {
      metadata: { name: 'web' },
      spec: { ports: [{ name: 'http', port: 80, targetPort: 'web' }] },
    };
    const pod = (name: string, containerPort: number, ready = 'True'): V1Pod => ({
      metadata: { name, namespace: 'default', uid: name },
      spec: { containers: [{ name: 'c', ports: [{ name: 'web', containerPort }] }] },
      status: {
        podIP: `10.0.0.${name}`,
        phase: 'Running',
        conditions: [{ type: 'Ready', status: ready }],
      },
    });
    const groups = endpointsOfService(service, [
      pod('1', 8080),
      pod('2', 9090),
      pod('3', 8080, 'False'),
    ]);
    t.match(groups, [
      {
        ports: [{ name: 'http', port: 8080 }],
        endpoints: [{ conditions: { ready: true } }, { conditions: { ready: false } }],
      },
      { ports: [{ port: 9090 }] },
    ]);
    t.match(legacySubsets(groups), [
      {
        addresses: [{ ip: '10.0.0.1' }],
        notReadyAddresses: [{ ip: '10.0.0.3' }],
        ports: [{ port: 8080 }],
      },
      { addresses: [{ ip: '10.0.0.2' }] },
    ]);
    const [published] = endpointsOfService(
      { ...service, spec: { ...service.spec, publishNotReadyAddresses: true } },
      [pod('3', 8080, 'False')],
    );
    t.match(published?.endpoints, [{ conditions: { ready: true, serving: false } }]);
    t.end();
  },
);
