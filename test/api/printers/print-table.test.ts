import t from 'tap';
import type { KubernetesObject } from '../../../src/api/index.js';
import { printTable } from '../../../src/api/printers/index.js';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const CREATED = '2026-01-02T03:00:53Z'; // 3m12s before NOW

function object(
  fields: Record<string, unknown>,
  metadata: Record<string, unknown> = {},
): KubernetesObject {
  return { metadata: { name: 'x', creationTimestamp: CREATED, ...metadata }, ...fields };
}

function cells(key: string, each: KubernetesObject): unknown {
  return printTable(key, [each], { nowMs: NOW, includeObject: 'None' }).rows[0]?.cells;
}

function headers(key: string): string {
  const { columnDefinitions } = printTable(key, [], { nowMs: NOW, includeObject: 'None' });
  return columnDefinitions.map((each) => each.name + (each.priority === 0 ? '' : '*')).join(' | ');
}

void t.test('each resource has the columns of kubectl (* marks those of -o wide)', (t) => {
  const cases: readonly (readonly [string, string])[] = [
    [
      'pods',
      'Name | Ready | Status | Restarts | Age | IP* | Node* | Nominated Node* | Readiness Gates*',
    ],
    [
      'nodes',
      'Name | Status | Roles | Age | Version | Internal-IP* | External-IP* | OS-Image* | Kernel-Version* | Container-Runtime*',
    ],
    ['services', 'Name | Type | Cluster-IP | External-IP | Port(s) | Age | Selector*'],
    ['endpoints', 'Name | Endpoints | Age'],
    [
      'events',
      'Last Seen | Type | Reason | Object | Subobject* | Source* | Message | First Seen* | Count* | Name*',
    ],
    ['namespaces', 'Name | Status | Age'],
    ['secrets', 'Name | Type | Data | Age'],
    ['configmaps', 'Name | Data | Age'],
    ['serviceaccounts', 'Name | Secrets | Age'],
    [
      'apps/deployments',
      'Name | Ready | Up-to-date | Available | Age | Containers* | Images* | Selector*',
    ],
    [
      'apps/replicasets',
      'Name | Desired | Current | Ready | Age | Containers* | Images* | Selector*',
    ],
    ['discovery.k8s.io/endpointslices', 'Name | AddressType | Ports | Endpoints | Age'],
    ['coordination.k8s.io/leases', 'Name | Holder | Age'],
    [
      'rbac.authorization.k8s.io/rolebindings',
      'Name | Role | Age | Users* | Groups* | ServiceAccounts*',
    ],
    ['rbac.authorization.k8s.io/roles', 'Name | Created At'],
  ];
  for (const [key, expected] of cases) {
    t.equal(headers(key), expected, key);
    const row = cells(key, object({})) as unknown[];
    t.equal(row.length, expected.split(' | ').length, `${key}: an empty object fills each column`);
  }
  t.end();
});

void t.test('the cells of the other resources', (t) => {
  const template = {
    spec: {
      containers: [
        { name: 'a', image: 'i:1' },
        { name: 'b', image: 'j' },
      ],
    },
  };
  const selector = {
    matchLabels: { app: 'web' },
    matchExpressions: [{ key: 'tier', operator: 'In', values: ['y', 'x'] }],
  };
  const cases: readonly (readonly [string, KubernetesObject, unknown])[] = [
    [
      'apps/deployments',
      object({
        spec: { replicas: 3, selector, template },
        status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1 },
      }),
      ['x', '2/3', 3, 1, '3m12s', 'a,b', 'i:1,j', 'app=web,tier in (x,y)'],
    ],
    [
      'apps/replicasets',
      object({
        spec: { replicas: 3, selector: {}, template },
        status: { replicas: 2, readyReplicas: 1 },
      }),
      ['x', 3, 2, 1, '3m12s', 'a,b', 'i:1,j', '<none>'],
    ],
    [
      'nodes',
      object(
        {
          spec: { unschedulable: true },
          status: {
            conditions: [{ type: 'Ready', status: 'True' }],
            addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
            nodeInfo: {
              kubeletVersion: 'v1.36.0',
              osImage: 'Linux',
              kernelVersion: '',
              containerRuntimeVersion: 'simulated://1',
            },
          },
        },
        {
          labels: {
            'node-role.kubernetes.io/worker': '',
            'node-role.kubernetes.io/control-plane': '',
          },
        },
      ),
      [
        'x',
        'Ready,SchedulingDisabled',
        'control-plane,worker',
        '3m12s',
        'v1.36.0',
        '10.0.0.1',
        '<none>',
        'Linux',
        '<unknown>',
        'simulated://1',
      ],
    ],
    [
      'services',
      object({
        spec: {
          type: 'NodePort',
          clusterIP: '10.96.0.1',
          selector: { b: '2', a: '1' },
          ports: [
            { port: 80, nodePort: 30080, protocol: 'TCP' },
            { port: 53, protocol: 'UDP' },
          ],
        },
      }),
      ['x', 'NodePort', '10.96.0.1', '<none>', '80:30080/TCP,53/UDP', '3m12s', 'a=1,b=2'],
    ],
    [
      'services',
      object({ spec: { type: 'LoadBalancer', clusterIPs: ['10.96.0.1'], ports: [] } }),
      ['x', 'LoadBalancer', '10.96.0.1', '<pending>', '<none>', '3m12s', '<none>'],
    ],
    [
      'services',
      object({ spec: { type: 'ExternalName', externalName: 'example.com' } }),
      ['x', 'ExternalName', '<none>', 'example.com', '<none>', '3m12s', '<none>'],
    ],
    [
      'endpoints',
      object({
        subsets: [
          {
            addresses: [{ ip: '1.1.1.1' }, { ip: '1.1.1.2' }, { ip: '1.1.1.3' }, { ip: '1.1.1.4' }],
            ports: [{ port: 80 }],
          },
        ],
      }),
      ['x', '1.1.1.1:80,1.1.1.2:80,1.1.1.3:80 + 1 more...', '3m12s'],
    ],
    [
      'discovery.k8s.io/endpointslices',
      object({
        addressType: 'IPv4',
        ports: [{ port: 80 }],
        endpoints: [{ addresses: ['1.1.1.1'] }, { addresses: ['1.1.1.2'] }],
      }),
      ['x', 'IPv4', '80', '1.1.1.1,1.1.1.2', '3m12s'],
    ],
    [
      'discovery.k8s.io/endpointslices',
      object({ addressType: 'IPv4' }),
      ['x', 'IPv4', '<unset>', '<unset>', '3m12s'],
    ],
    [
      'events',
      object({
        involvedObject: { kind: 'Pod', name: 'p', fieldPath: 'spec.containers{a}' },
        type: 'Normal',
        reason: 'Pulled',
        message: 'Pulled it\n',
        source: { component: 'kubelet', host: 'n1' },
        firstTimestamp: '2026-01-02T03:03:05Z',
        lastTimestamp: '2026-01-02T03:04:00Z',
        count: 7,
      }),
      [
        '5s',
        'Normal',
        'Pulled',
        'pod/p',
        'spec.containers{a}',
        'kubelet, n1',
        'Pulled it',
        '60s',
        7,
        'x',
      ],
    ],
    [
      'events',
      object({
        involvedObject: { kind: 'Pod', name: 'p' },
        eventTime: '2026-01-02T03:04:00.000000Z',
        reportingComponent: 'scheduler',
        reportingInstance: 's-1',
      }),
      ['5s', '', '', 'pod/p', '', 'scheduler, s-1', '', '5s', 1, 'x'],
    ],
    ['namespaces', object({ status: { phase: 'Active' } }), ['x', 'Active', '3m12s']],
    ['secrets', object({ type: 'Opaque', data: { a: '', b: '' } }), ['x', 'Opaque', 2, '3m12s']],
    ['configmaps', object({ data: { a: '' }, binaryData: { b: '' } }), ['x', 2, '3m12s']],
    ['serviceaccounts', object({}), ['x', 0, '3m12s']],
    [
      'coordination.k8s.io/leases',
      object({ spec: { holderIdentity: 'me' } }),
      ['x', 'me', '3m12s'],
    ],
    [
      'rbac.authorization.k8s.io/clusterrolebindings',
      object({
        roleRef: { kind: 'ClusterRole', name: 'admin' },
        subjects: [
          { kind: 'User', name: 'u' },
          { kind: 'User', name: 'v' },
          { kind: 'Group', name: 'g' },
          { kind: 'ServiceAccount', name: 's', namespace: 'ns' },
        ],
      }),
      ['x', 'ClusterRole/admin', '3m12s', 'u, v', 'g', 'ns/s'],
    ],
    ['rbac.authorization.k8s.io/roles', object({}), ['x', CREATED]],
  ];
  for (const [key, each, expected] of cases) t.same(cells(key, each), expected, key);
  t.end();
});

void t.test('rows carry the object, its metadata or nothing', (t) => {
  const each = object({ kind: 'ConfigMap', apiVersion: 'v1', data: { a: 'b' } });
  const table = (includeObject: 'None' | 'Metadata' | 'Object') =>
    printTable('configmaps', [each], {
      nowMs: NOW,
      includeObject,
      metadata: { resourceVersion: '7' },
    });
  t.equal(table('Object').rows[0]?.object, each);
  t.same(table('Metadata').rows[0]?.object, {
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { name: 'x', creationTimestamp: CREATED },
  });
  t.equal(table('None').rows[0]?.object, undefined);
  t.match(table('None'), {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: '7' },
  });
  const later = printTable('configmaps', [each], {
    nowMs: NOW,
    includeObject: 'None',
    noHeaders: true,
  });
  t.same(later.columnDefinitions, []);
  t.end();
});

void t.test('workloads, volumes and policies are shown as by kubectl', (t) => {
  const labels = { matchLabels: { app: 'web' } };
  const template = { spec: { containers: [{ name: 'a', image: 'b:1' }] } };
  const rows: readonly (readonly [string, Record<string, unknown>, unknown[]])[] = [
    [
      'apps/statefulsets',
      { spec: { replicas: 3, template }, status: { readyReplicas: 2 } },
      ['x', '2/3', '3m12s', 'a', 'b:1'],
    ],
    [
      'apps/daemonsets',
      {
        spec: { selector: labels, template },
        status: { desiredNumberScheduled: 3, numberReady: 2 },
      },
      ['x', 3, 0, 2, 0, 0, '<none>', '3m12s', 'a', 'b:1', 'app=web'],
    ],
    [
      'batch/jobs',
      {
        spec: { completions: 2, selector: labels, template },
        status: { succeeded: 1, startTime: '2026-01-02T03:03:05Z' },
      },
      ['x', 'Running', '1/2', '60s', '3m12s', 'a', 'b:1', 'app=web'],
    ],
    [
      'batch/cronjobs',
      { spec: { schedule: '@daily', suspend: false, jobTemplate: { spec: { template } } } },
      ['x', '@daily', '<none>', 'False', 0, '<none>', '3m12s', 'a', 'b:1', '<none>'],
    ],
    [
      'persistentvolumeclaims',
      {
        spec: { volumeName: 'v', storageClassName: 'fast', volumeMode: 'Filesystem' },
        status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } },
      },
      ['x', 'Bound', 'v', '1Gi', 'RWO', 'fast', '<unset>', '3m12s', 'Filesystem'],
    ],
    [
      'networking.k8s.io/ingresses',
      {
        spec: { rules: [{ host: 'a.io' }], tls: [{}] },
        status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } },
      },
      ['x', '<none>', 'a.io', '10.0.0.1', '80, 443', '3m12s'],
    ],
    [
      'autoscaling/horizontalpodautoscalers',
      {
        spec: {
          minReplicas: 1,
          maxReplicas: 5,
          scaleTargetRef: { kind: 'Deployment', name: 'web' },
          metrics: [
            {
              type: 'Resource',
              resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
            },
          ],
        },
      },
      ['x', 'Deployment/web', 'cpu: <unknown>/80%', '1', 5, 0, '3m12s'],
    ],
    [
      'policy/poddisruptionbudgets',
      { spec: { minAvailable: 1 }, status: { disruptionsAllowed: 2 } },
      ['x', '1', 'N/A', 2, '3m12s'],
    ],
  ];
  for (const [key, fields, wanted] of rows) t.same(cells(key, object(fields)), wanted, key);
  t.end();
});
