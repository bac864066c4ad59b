/** Cases for strategic merge patch, checked against kubectl by `strategic-merge-patch-oracle.test.ts`. */
export interface StrategicCase {
  readonly name: string;
  readonly model: string;
  readonly object: Record<string, unknown>;
  readonly patch: Record<string, unknown>;
}

function pod(
  spec: Record<string, unknown>,
  metadata: Record<string, unknown> = {},
): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', ...metadata }, spec };
}

function deployment(spec: Record<string, unknown>): Record<string, unknown> {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, spec };
}

const TWO = {
  containers: [
    { name: 'a', image: 'i1' },
    { name: 'b', image: 'i2' },
  ],
};

export const STRATEGIC_CASES: readonly StrategicCase[] = [
  {
    name: 'a container is found by its name',
    model: 'V1Pod',
    object: pod(TWO),
    patch: { spec: { containers: [{ name: 'b', image: 'i3' }] } },
  },
  {
    name: 'a new container goes before those that the patch does not name',
    model: 'V1Pod',
    object: pod(TWO),
    patch: { spec: { containers: [{ name: 'c', image: 'i3' }] } },
  },
  {
    name: 'new and known containers are mixed',
    model: 'V1Pod',
    object: pod({ containers: ['a', 'b', 'c', 'd'].map((name) => ({ name, image: name })) }),
    patch: {
      spec: {
        containers: [{ name: 'n' }, { name: 'c', image: 'x' }, { name: 'm' }, { name: 'b' }],
      },
    },
  },
  {
    name: '$setElementOrder moves items',
    model: 'V1Pod',
    object: pod(TWO),
    patch: { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } },
  },
  {
    name: '$setElementOrder with a changed and a new item, and one only the server has',
    model: 'V1Pod',
    object: pod({ containers: ['a', 'b', 's', 'c'].map((name) => ({ name, image: name })) }),
    patch: {
      spec: {
        '$setElementOrder/containers': [{ name: 'c' }, { name: 'n' }, { name: 'a' }, { name: 'b' }],
        containers: [
          { name: 'n', image: 'n' },
          { name: 'a', image: 'z' },
        ],
      },
    },
  },
  {
    name: '$setElementOrder of a list that does not exist yet',
    model: 'V1Pod',
    object: pod(TWO),
    patch: {
      spec: {
        '$setElementOrder/volumes': [{ name: 'v' }, { name: 'w' }],
        volumes: [
          { name: 'v', emptyDir: {} },
          { name: 'w', emptyDir: {} },
        ],
      },
    },
  },
  {
    name: '$patch delete takes an item out',
    model: 'V1Pod',
    object: pod(TWO),
    patch: { spec: { containers: [{ name: 'a', $patch: 'delete' }] } },
  },
  {
    name: '$patch delete of an item that is not there',
    model: 'V1Pod',
    object: pod(TWO),
    patch: { spec: { containers: [{ name: 'zzz', $patch: 'delete' }] } },
  },
  {
    name: '$patch delete beside $setElementOrder',
    model: 'V1Pod',
    object: pod(TWO),
    patch: {
      spec: {
        '$setElementOrder/containers': [{ name: 'b' }],
        containers: [
          { name: 'b', image: 'z' },
          { name: 'a', $patch: 'delete' },
        ],
      },
    },
  },
  {
    name: '$patch replace puts the list of the patch in its place',
    model: 'V1Pod',
    object: pod(TWO),
    patch: { spec: { containers: [{ name: 'n', image: 'n' }, { $patch: 'replace' }] } },
  },
  {
    name: '$patch replace of a map',
    model: 'V1Pod',
    object: pod(TWO, { labels: { a: '1', b: '2' } }),
    patch: { metadata: { labels: { $patch: 'replace', c: '3' } } },
  },
  {
    name: '$patch delete of a map empties it',
    model: 'V1Pod',
    object: pod(TWO, { labels: { a: '1', b: '2' } }),
    patch: { metadata: { labels: { $patch: 'delete' } } },
  },
  {
    name: 'null removes a label and is ignored where there is none',
    model: 'V1Pod',
    object: pod(TWO, { labels: { a: '1', b: '2' } }),
    patch: { metadata: { labels: { a: null, z: null, c: '3' } } },
  },
  {
    name: 'nulls in a new part are dropped',
    model: 'V1Pod',
    object: pod(TWO),
    patch: { metadata: { annotations: { a: null, b: 'x' } } },
  },
  {
    name: 'args are replaced as a whole',
    model: 'V1Pod',
    object: pod({ containers: [{ name: 'a', args: ['1', '2', '3'] }] }),
    patch: { spec: { containers: [{ name: 'a', args: ['4'] }] } },
  },
  {
    name: 'tolerations are replaced as a whole',
    model: 'V1Pod',
    object: pod({ ...TWO, tolerations: [{ key: 'a', operator: 'Exists' }] }),
    patch: { spec: { tolerations: [{ key: 'b', operator: 'Exists' }] } },
  },
  {
    name: 'finalizers are merged without duplicates',
    model: 'V1Pod',
    object: pod(TWO, { finalizers: ['a.io/x', 'b.io/x'] }),
    patch: { metadata: { finalizers: ['c.io/x', 'a.io/x'] } },
  },
  {
    name: '$deleteFromPrimitiveList takes finalizers out',
    model: 'V1Pod',
    object: pod(TWO, { finalizers: ['a.io/x', 'b.io/x', 'c.io/x'] }),
    patch: { metadata: { '$deleteFromPrimitiveList/finalizers': ['b.io/x', 'z.io/x'] } },
  },
  {
    name: '$deleteFromPrimitiveList and additions with an order',
    model: 'V1Pod',
    object: pod(TWO, { finalizers: ['a.io/x', 'b.io/x', 'c.io/x'] }),
    patch: {
      metadata: {
        '$deleteFromPrimitiveList/finalizers': ['b.io/x'],
        '$setElementOrder/finalizers': ['c.io/x', 'd.io/x', 'a.io/x'],
        finalizers: ['d.io/x'],
      },
    },
  },
  {
    name: 'container ports merge by their number alone',
    model: 'V1Pod',
    object: pod({
      containers: [
        { name: 'a', ports: [{ containerPort: 53, protocol: 'UDP' }, { containerPort: 80 }] },
      ],
    }),
    patch: { spec: { containers: [{ name: 'a', ports: [{ containerPort: 53, name: 'dns' }] }] } },
  },
  {
    name: 'env by name, a value to a valueFrom',
    model: 'V1Pod',
    object: pod({
      containers: [
        {
          name: 'a',
          env: [
            { name: 'E', value: '1' },
            { name: 'F', value: '2' },
          ],
        },
      ],
    }),
    patch: {
      spec: {
        containers: [
          {
            name: 'a',
            env: [
              { name: 'F', value: null, valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            ],
          },
        ],
      },
    },
  },
  {
    name: 'a volume changes its kind by $retainKeys',
    model: 'V1Pod',
    object: pod({
      ...TWO,
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'w', emptyDir: {} },
      ],
    }),
    patch: {
      spec: {
        volumes: [{ name: 'v', configMap: { name: 'cm' }, $retainKeys: ['name', 'configMap'] }],
      },
    },
  },
  {
    name: 'a strategy changes to Recreate by $retainKeys',
    model: 'V1Deployment',
    object: deployment({
      selector: { matchLabels: { a: 'b' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: '25%' } },
      template: { metadata: { labels: { a: 'b' } }, spec: TWO },
    }),
    patch: { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
  },
  {
    name: 'an image is set deep in a template',
    model: 'V1Deployment',
    object: deployment({
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: TWO },
    }),
    patch: {
      spec: {
        template: {
          spec: {
            '$setElementOrder/containers': [{ name: 'b' }],
            containers: [{ name: 'b', image: 'new' }],
          },
        },
      },
    },
  },
  {
    name: 'service ports by number',
    model: 'V1Service',
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'x' },
      spec: {
        ports: [
          { port: 80, name: 'a', targetPort: 8080 },
          { port: 443, name: 'b', targetPort: 'tls' },
        ],
      },
    },
    patch: {
      spec: {
        ports: [
          { port: 443, targetPort: 8443 },
          { port: 9090, name: 'm' },
        ],
      },
    },
  },
  {
    name: 'node taints are replaced',
    model: 'V1Node',
    object: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'x' },
      spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] },
    },
    patch: { spec: { unschedulable: true, taints: [{ key: 'b', effect: 'NoExecute' }] } },
  },
  {
    name: 'conditions by type',
    model: 'V1Pod',
    object: {
      ...pod(TWO),
      status: {
        conditions: [
          { type: 'A', status: 'True' },
          { type: 'B', status: 'False' },
        ],
      },
    },
    patch: {
      status: {
        conditions: [
          { type: 'B', status: 'True' },
          { type: 'C', status: 'Unknown' },
        ],
      },
    },
  },
  {
    name: 'owner references by uid',
    model: 'V1Pod',
    object: pod(TWO, { ownerReferences: [{ apiVersion: 'v1', kind: 'K', name: 'n', uid: 'u1' }] }),
    patch: { metadata: { ownerReferences: [{ uid: 'u1', $patch: 'delete' }] } },
  },
  {
    name: 'secret data and a new key',
    model: 'V1Secret',
    object: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x' },
      data: { a: 'YQ==', b: 'Yg==' },
    },
    patch: { data: { b: null, c: 'Yw==' } },
  },
];

export const STRATEGIC_ERRORS: readonly StrategicCase[] = [
  {
    name: 'an item without its merge key',
    model: 'V1Pod',
    object: pod(TWO),
    patch: { spec: { containers: [{ image: 'i3' }] } },
  },
  {
    name: 'an order that is not that of the patch',
    model: 'V1Pod',
    object: pod(TWO),
    patch: {
      spec: {
        '$setElementOrder/containers': [{ name: 'c' }, { name: 'b' }],
        containers: [
          { name: 'b', image: 'z' },
          { name: 'c', image: 'n' },
        ],
      },
    },
  },
  {
    name: 'an unknown directive in a map',
    model: 'V1Pod',
    object: pod(TWO, { labels: { a: '1' } }),
    patch: { metadata: { labels: { $patch: 'explode', b: '2' } } },
  },
  {
    name: 'an unknown directive in a list',
    model: 'V1Pod',
    object: pod(TWO),
    patch: { spec: { containers: [{ name: 'a', $patch: 'explode' }] } },
  },
  {
    name: 'a field that $retainKeys does not list',
    model: 'V1Pod',
    object: pod({ ...TWO, volumes: [{ name: 'v', emptyDir: {} }] }),
    patch: { spec: { volumes: [{ name: 'v', configMap: { name: 'cm' }, $retainKeys: ['name'] }] } },
  },
  {
    name: 'a deletion list without a field',
    model: 'V1Pod',
    object: pod(TWO, { finalizers: ['a.io/x'] }),
    patch: { metadata: { $deleteFromPrimitiveList: ['a.io/x'] } },
  },
  {
    name: 'a list of mixed items',
    model: 'V1Pod',
    object: pod(TWO),
    patch: { spec: { containers: ['a'] } },
  },
];
