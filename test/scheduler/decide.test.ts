import t from 'tap';
import type { V1Affinity, V1Node, V1Pod, V1PodSpec, V1Taint } from '../../src/api/index.js';
import { seededRandom } from '../../src/base/index.js';
import { decide } from '../../src/scheduler/decide.js';
import { nodeInfo } from '../../src/scheduler/node-info.js';
import { PLUGINS } from '../../src/scheduler/plugins/index.js';

interface NodeShape {
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: string;
  readonly taints?: V1Taint[];
  readonly labels?: Record<string, string>;
  readonly unschedulable?: boolean;
  readonly running?: V1Pod[];
}

function node(name: string, shape: NodeShape = {}): ReturnType<typeof nodeInfo> {
  const {
    cpu = '4',
    memory = '8Gi',
    pods = '110',
    taints = [],
    labels = {},
    unschedulable = false,
    running = [],
  } = shape;
  const object: V1Node = {
    metadata: { name, labels },
    spec: { taints, unschedulable },
    status: { allocatable: { cpu, memory, pods } },
  };
  return nodeInfo(object, new Map(running.map((each, at) => [`default/${String(at)}`, each])));
}

function pod(spec: Partial<V1PodSpec> = {}, requests: Record<string, string> = {}): V1Pod {
  return {
    metadata: { name: 'web', namespace: 'default' },
    spec: { containers: [{ name: 'c', resources: { requests } }], ...spec },
  };
}

const outcome = (of: V1Pod, ...nodes: ReturnType<typeof nodeInfo>[]): string => {
  const decision = decide(of, nodes, PLUGINS, seededRandom(1));
  return decision.type === 'node' ? decision.nodeName : decision.message;
};

void t.test('a pod that fits nowhere is told why in the words of Kubernetes', (t) => {
  const none = 'No preemption victims found for incoming pod';
  const useless = 'Preemption is not helpful for scheduling';
  const dedicated: V1Taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };
  const full = pod({}, { cpu: '3', memory: '7Gi' });
  const cases: [string, V1Pod, ReturnType<typeof nodeInfo>[], string][] = [
    ['no node', pod(), [], 'no nodes available to schedule pods'],
    [
      'more than any node has',
      pod({}, { cpu: '5' }),
      [node('a'), node('b'), node('c')],
      `0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 ${useless}.`,
    ],
    [
      'room taken by others',
      pod({}, { cpu: '2', memory: '2Gi' }),
      [node('a', { running: [full] })],
      `0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory. preemption: 0/1 nodes are available: 1 ${none}.`,
    ],
    [
      'a taint and too little memory',
      pod({}, { memory: '2Gi' }),
      [
        node('a', { taints: [dedicated] }),
        node('b', { running: [full] }),
        node('c', { running: [full] }),
      ],
      '0/3 nodes are available: 1 node(s) had untolerated taint {dedicated: db}, 2 Insufficient memory. ' +
        `preemption: 0/3 nodes are available: 1 ${useless}, 2 ${none}.`,
    ],
    [
      'cordoned',
      pod(),
      [node('a', { unschedulable: true })],
      `0/1 nodes are available: 1 node(s) were unschedulable. preemption: 0/1 nodes are available: 1 ${useless}.`,
    ],
    [
      'selector',
      pod({ nodeSelector: { disk: 'ssd' } }),
      [node('a')],
      `0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. preemption: 0/1 nodes are available: 1 ${useless}.`,
    ],
    [
      'pods',
      pod(),
      [node('a', { pods: '1', running: [pod()] })],
      `0/1 nodes are available: 1 Too many pods. preemption: 0/1 nodes are available: 1 ${none}.`,
    ],
  ];
  for (const [name, of, nodes, message] of cases) t.equal(outcome(of, ...nodes), message, name);
  t.end();
});

void t.test('a toleration, a label or an affinity opens a node', (t) => {
  const tainted = node('a', {
    taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }],
    labels: { disk: 'ssd', zone: 'z1' },
  });
  const toleration = { tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'db' }] };
  const affinity = (operator: string, values: string[]): V1Affinity => ({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator, values }] }],
      },
    },
  });
  t.equal(outcome(pod({ ...toleration, nodeSelector: { disk: 'ssd' } }), tainted), 'a');
  t.equal(outcome(pod({ tolerations: [{ operator: 'Exists' }] }), tainted), 'a');
  t.equal(outcome(pod({ ...toleration, affinity: affinity('In', ['z1', 'z2']) }), tainted), 'a');
  t.match(
    outcome(pod({ ...toleration, affinity: affinity('NotIn', ['z1']) }), tainted),
    'node affinity',
  );
  t.end();
});

void t.test('a host port is given once on a node', (t) => {
  const wants = pod({ containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 80 }] }] });
  t.equal(outcome(wants, node('a', { running: [wants] }), node('b')), 'b');
  t.match(
    outcome(wants, node('a', { running: [wants] })),
    "1 node(s) didn't have free ports for the requested pod ports",
  );
  t.end();
});

void t.test('init containers count by the largest, sidecars together with the rest', (t) => {
  const container = (
    name: string,
    cpu: string,
    restartPolicy?: 'Always',
  ): V1PodSpec['containers'][number] => ({
    name,
    resources: { requests: { cpu } },
    ...(restartPolicy === undefined ? {} : { restartPolicy }),
  });
  const fits = (spec: V1PodSpec, cpu: string): boolean =>
    outcome(pod(spec), node('a', { cpu })) === 'a';
  const init: V1PodSpec = {
    initContainers: [container('i', '3')],
    containers: [container('c', '1')],
  };
  t.ok(fits(init, '3'));
  t.notOk(fits(init, '2'));
  const sidecar: V1PodSpec = {
    initContainers: [container('s', '1', 'Always')],
    containers: [container('c', '2')],
  };
  t.ok(fits(sidecar, '3'));
  t.notOk(fits(sidecar, '2'));
  t.end();
});

void t.test('pods spread evenly', (t) => {
  const others = (count: number): V1Pod[] => Array.from({ length: count }, () => pod());
  t.equal(
    outcome(
      pod(),
      node('a', { running: others(2) }),
      node('b', { running: others(1) }),
      node('c', { running: others(2) }),
    ),
    'b',
  );
  t.end();
});
