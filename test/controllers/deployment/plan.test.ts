import t from 'tap';
import fc from 'fast-check';
import type { V1Deployment, V1DeploymentStrategy, V1ReplicaSet } from '../../../src/api/index.js';
import { rollingBounds } from '../../../src/controllers/deployment/bounds.js';
import { planDeployment } from '../../../src/controllers/deployment/plan.js';
import { scaleProportionally } from '../../../src/controllers/deployment/proportional.js';
import { templateHash } from '../../../src/controllers/deployment/template.js';

function deployment(replicas: number, strategy: V1DeploymentStrategy = {}): V1Deployment {
  const annotations = { 'deployment.kubernetes.io/revision': '2' };
  return {
    metadata: { name: 'web', annotations },
    spec: { replicas, strategy, selector: {}, template: templateOf('new') },
  };
}

const templateOf = (image: string): object => ({
  metadata: {},
  spec: { containers: [{ name: 'c', image }] },
});
const rolling = (
  maxSurge: number | string,
  maxUnavailable: number | string,
): V1DeploymentStrategy => ({
  type: 'RollingUpdate',
  rollingUpdate: { maxSurge, maxUnavailable },
});

interface Shape {
  readonly size: number;
  readonly available?: number;
  readonly desired?: number;
  readonly max?: number;
  readonly age?: number;
}

function replicaSet(
  image: string,
  { size, available = size, desired = 10, max = 13, age = 0 }: Shape,
): V1ReplicaSet {
  const revision = image === 'new' ? '2' : '1';
  return {
    metadata: {
      name: `web-${image}-${String(age)}`,
      creationTimestamp: new Date(age * 1_000).toISOString(),
      annotations: {
        'deployment.kubernetes.io/desired-replicas': String(desired),
        'deployment.kubernetes.io/max-replicas': String(max),
        'deployment.kubernetes.io/revision': revision,
      },
    },
    spec: { replicas: size, selector: {}, template: templateOf(image) },
    status: { replicas: size, availableReplicas: available },
  };
}

function steps(of: V1Deployment, ...replicaSets: V1ReplicaSet[]): string[] {
  return planDeployment({ deployment: of, replicaSets, oldPodsRunning: false }).map((action) => {
    if (action.type === 'create') return `create ${String(action.replicas)}`;
    if (action.type === 'scale')
      return `${action.replicaSet.metadata?.name ?? ''} to ${String(action.replicas)}`;
    return action.type;
  });
}

void t.test(
  'bounds: percentages round the surge up and the unavailable down, and never forbid all progress',
  (t) => {
    const cases: [V1Deployment, number, number][] = [
      [deployment(10), 3, 2],
      [deployment(1), 1, 0],
      [deployment(10, rolling('30%', 0)), 3, 0],
      [deployment(10, rolling(0, 0)), 0, 1],
      [deployment(3, rolling(1, '100%')), 1, 3],
      [deployment(5, { type: 'Recreate' }), 0, 0],
    ];
    for (const [of, maxSurge, maxUnavailable] of cases)
      t.same(rollingBounds(of), { maxSurge, maxUnavailable });
    t.end();
  },
);

void t.test('a rolling update goes step by step', (t) => {
  const of = deployment(10, rolling(3, 2));
  const cases: [string, V1ReplicaSet[], string[]][] = [
    ['first rollout', [], ['create 10']],
    ['surge', [replicaSet('old', { size: 10 })], ['create 3']],
    [
      'new ones are not available yet',
      [replicaSet('old', { size: 10 }), replicaSet('new', { size: 3, available: 0, age: 1 })],
      ['web-old-0 to 8'],
    ],
    [
      'wait',
      [replicaSet('old', { size: 8 }), replicaSet('new', { size: 5, available: 0, age: 1 })],
      [],
    ],
    [
      'new ones are available',
      [replicaSet('old', { size: 8 }), replicaSet('new', { size: 5, age: 1 })],
      ['web-old-0 to 3'],
    ],
    [
      'grow on',
      [replicaSet('old', { size: 3 }), replicaSet('new', { size: 5, age: 1 })],
      ['web-new-1 to 10'],
    ],
    [
      'last old ones',
      [replicaSet('old', { size: 3 }), replicaSet('new', { size: 10, age: 1 })],
      ['web-old-0 to 0'],
    ],
    [
      'unhealthy old ones go first',
      [
        replicaSet('old', { size: 10, available: 6 }),
        replicaSet('new', { size: 3, available: 0, age: 1 }),
      ],
      ['web-old-0 to 8'],
    ],
    ['done', [replicaSet('old', { size: 0 }), replicaSet('new', { size: 10, age: 1 })], []],
  ];
  for (const [name, replicaSets, expected] of cases)
    t.same(steps(of, ...replicaSets), expected, name);
  t.end();
});

void t.test('a change of size in the midst of a rollout is shared by size', (t) => {
  const half = [
    replicaSet('old', { size: 6 }),
    replicaSet('new', { size: 6, available: 3, age: 1 }),
  ];
  const sizes = (replicas: number, sets: V1ReplicaSet[]): [string, number][] =>
    scaleProportionally(deployment(replicas, rolling(2, 2)), sets.at(-1), sets.slice(0, -1)).map(
      ([each, size]) => [each.metadata?.name ?? '', size],
    );
  t.equal(
    sizes(22, half).reduce((sum, [, size]) => sum + size, 0),
    24,
    'all of the new room is given',
  );
  t.equal(
    sizes(4, half).reduce((sum, [, size]) => sum + size, 0),
    6,
    'all of the excess is taken',
  );
  t.same(
    sizes(0, half).map(([, size]) => size),
    [0, 0],
  );
  t.end();
});

void t.test('whatever the sizes, sharing keeps within the surge', (t) => {
  const size = fc.integer({ min: 1, max: 40 });
  const seed = Math.floor(Math.random() * 2 ** 31);
  t.comment(`seed ${String(seed)}`);
  fc.assert(
    fc.property(size, size, fc.integer({ min: 1, max: 60 }), (a, b, wanted) => {
      const max = a + b;
      const sets = [
        replicaSet('old', { size: a, max }),
        replicaSet('new', { size: b, available: 0, max, age: 1 }),
      ];
      const of = deployment(wanted, rolling(2, 1));
      const resized = new Map(
        scaleProportionally(of, sets[1], sets.slice(0, 1)).map(([each, to]) => [each, to]),
      );
      const total = sets.reduce(
        (sum, each) => sum + (resized.get(each) ?? each.spec?.replicas ?? 0),
        0,
      );
      return [...resized.values()].every((to) => to >= 0) && total <= Math.max(wanted + 2, 0);
    }),
    { seed },
  );
  t.end();
});

void t.test(
  'the hash is stable against the order of fields, and differs by template and collision',
  (t) => {
    const one = { metadata: { labels: { a: '1', b: '2' } } };
    const same = { metadata: { labels: { b: '2', a: '1' } } };
    t.equal(templateHash(one), templateHash(same));
    t.not(templateHash(one), templateHash(one, 1));
    t.not(templateHash(one), templateHash({ metadata: { labels: { a: '1' } } }));
    t.end();
  },
);
