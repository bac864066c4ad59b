import t from 'tap';
import { setDefaults } from '../../../src/api/defaulting/index.js';
import { defaultImagePullPolicy } from '../../../src/api/defaulting/image-pull-policy.js';

function defaulted(key: string, object: Record<string, unknown>): Record<string, unknown> {
  setDefaults(key, object);
  const once = JSON.stringify(object);
  setDefaults(key, object);
  t.equal(JSON.stringify(object), once, `${key}: defaulting twice changes nothing more`);
  return object;
}

void t.test('a pod has the defaults that kube-apiserver gives it', (t) => {
  const pod = defaulted('pods', {
    spec: {
      serviceAccountName: 'builder',
      containers: [
        {
          name: 'a',
          image: 'nginx',
          ports: [{ containerPort: 80 }],
          env: [{ name: 'P', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
          livenessProbe: { httpGet: { port: 80 } },
          resources: { limits: { cpu: '0.5', memory: '1.5Gi' }, requests: { cpu: '100.0001m' } },
        },
      ],
      volumes: [{ name: 'e' }, { name: 's', secret: { secretName: 'x' } }],
    },
  });
  t.same(pod, {
    spec: {
      serviceAccountName: 'builder',
      serviceAccount: 'builder',
      containers: [
        {
          name: 'a',
          image: 'nginx',
          imagePullPolicy: 'Always',
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          ports: [{ containerPort: 80, protocol: 'TCP' }],
          env: [
            {
              name: 'P',
              valueFrom: { fieldRef: { fieldPath: 'metadata.name', apiVersion: 'v1' } },
            },
          ],
          livenessProbe: {
            httpGet: { port: 80, path: '/', scheme: 'HTTP' },
            timeoutSeconds: 1,
            periodSeconds: 10,
            successThreshold: 1,
            failureThreshold: 3,
          },
          resources: {
            limits: { cpu: '500m', memory: '1536Mi' },
            requests: { cpu: '101m', memory: '1536Mi' },
          },
        },
      ],
      volumes: [
        { name: 'e', emptyDir: {} },
        { name: 's', secret: { secretName: 'x', defaultMode: 420 } },
      ],
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
      enableServiceLinks: true,
    },
  });
  t.end();
});

void t.test('on the host network container ports are host ports', (t) => {
  const pod = defaulted('pods', {
    spec: { hostNetwork: true, containers: [{ name: 'a', ports: [{ containerPort: 80 }] }] },
  });
  t.match(pod, { spec: { containers: [{ ports: [{ hostPort: 80 }] }] } });
  t.end();
});

void t.test('an object without its required fields is defaulted as far as it goes', (t) => {
  for (const key of [
    'pods',
    'services',
    'apps/deployments',
    'apps/replicasets',
    'endpoints',
    'nodes',
  ]) {
    t.doesNotThrow(() => defaulted(key, {}), key);
    t.doesNotThrow(() => defaulted(key, { spec: {}, status: {} }), key);
  }
  t.doesNotThrow(() => defaulted('rbac.authorization.k8s.io/rolebindings', {}));
  t.end();
});

void t.test(
  'a deployment has the defaults of apps/v1, its template those of pods but not all',
  (t) => {
    const deployment = defaulted('apps/deployments', {
      spec: {
        template: {
          spec: { containers: [{ name: 'a', image: 'x:1', resources: { limits: { cpu: '1' } } }] },
        },
      },
    });
    t.match(deployment, {
      spec: {
        replicas: 1,
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' },
        },
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        template: {
          spec: { restartPolicy: 'Always', containers: [{ imagePullPolicy: 'IfNotPresent' }] },
        },
      },
    });
    const { template } = deployment['spec'] as { template: { spec: Record<string, unknown> } };
    t.equal(template.spec['enableServiceLinks'], undefined);
    t.strictSame(
      template.spec['containers'] &&
        (template.spec['containers'] as { resources: unknown }[])[0]?.resources,
      {
        limits: { cpu: '1' },
      },
    );
    const recreate = defaulted('apps/deployments', {
      spec: { replicas: 0, strategy: { type: 'Recreate' } },
    });
    t.match(recreate, { spec: { replicas: 0, strategy: { type: 'Recreate' } } });
    t.notOk((recreate['spec'] as { strategy: { rollingUpdate?: unknown } }).strategy.rollingUpdate);
    t.end();
  },
);

void t.test('a service has its defaults by its type', (t) => {
  const cases: readonly (readonly [Record<string, unknown>, Record<string, unknown>])[] = [
    [
      { ports: [{ port: 80 }, { port: 53, protocol: 'UDP', targetPort: 'dns' }] },
      {
        type: 'ClusterIP',
        sessionAffinity: 'None',
        internalTrafficPolicy: 'Cluster',
        externalTrafficPolicy: undefined,
        allocateLoadBalancerNodePorts: undefined,
        ports: [
          { port: 80, protocol: 'TCP', targetPort: 80 },
          { port: 53, protocol: 'UDP', targetPort: 'dns' },
        ],
      },
    ],
    [{ type: 'NodePort' }, { externalTrafficPolicy: 'Cluster' }],
    [{ externalIPs: ['1.2.3.4'] }, { externalTrafficPolicy: 'Cluster' }],
    [
      { type: 'LoadBalancer' },
      { allocateLoadBalancerNodePorts: true, externalTrafficPolicy: 'Cluster' },
    ],
    [{ type: 'ExternalName' }, { internalTrafficPolicy: undefined }],
    [
      { sessionAffinity: 'ClientIP' },
      { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } },
    ],
  ];
  for (const [spec, expected] of cases) {
    t.match(defaulted('services', { spec })['spec'], expected, JSON.stringify(expected));
  }
  t.end();
});

void t.test('the small resources', (t) => {
  t.same(defaulted('namespaces', { metadata: { name: 'x' } }), {
    metadata: { name: 'x', labels: { 'kubernetes.io/metadata.name': 'x' } },
    status: { phase: 'Active' },
  });
  t.same(defaulted('secrets', {}), { type: 'Opaque' });
  t.same(defaulted('nodes', { status: { capacity: { cpu: '2000m' } } }), {
    status: { capacity: { cpu: '2' }, allocatable: { cpu: '2' } },
  });
  t.same(defaulted('endpoints', { subsets: [{ ports: [{ port: 1 }] }] }), {
    subsets: [{ ports: [{ port: 1, protocol: 'TCP' }] }],
  });
  t.same(defaulted('discovery.k8s.io/endpointslices', { ports: [{ port: 1 }] }), {
    ports: [{ port: 1, name: '', protocol: 'TCP' }],
  });
  const group = 'rbac.authorization.k8s.io';
  t.same(
    defaulted(`${group}/rolebindings`, {
      roleRef: { kind: 'Role', name: 'r' },
      subjects: [
        { kind: 'User', name: 'u' },
        { kind: 'ServiceAccount', name: 's' },
      ],
    }),
    {
      roleRef: { kind: 'Role', name: 'r', apiGroup: group },
      subjects: [
        { kind: 'User', name: 'u', apiGroup: group },
        { kind: 'ServiceAccount', name: 's' },
      ],
    },
  );
  t.same(defaulted('configmaps', { data: {} }), { data: {} });
  t.end();
});

void t.test('the pull policy follows from the tag', (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.27', 'IfNotPresent'],
    ['localhost:5000/nginx', 'Always'],
    ['localhost:5000/a/nginx:1', 'IfNotPresent'],
    [`nginx@sha256:${'a'.repeat(64)}`, 'IfNotPresent'],
    [`nginx:latest@sha256:${'a'.repeat(64)}`, 'Always'],
    ['', 'IfNotPresent'],
    ['NGINX', 'IfNotPresent'],
  ];
  for (const [image, policy] of cases) t.equal(defaultImagePullPolicy(image), policy, image);
  t.end();
});
