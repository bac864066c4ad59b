import t from 'tap';
import { IN_NAMESPACE, LABEL_RULE, SUBDOMAIN_RULE, created, updated } from './cases.js';
import type { Fields } from './cases.js';

const CONTAINER = { name: 'a', image: 'nginx:1' };

function pod(spec: Fields): Fields {
  return { metadata: IN_NAMESPACE, spec: { containers: [CONTAINER], ...spec } };
}

function withContainer(container: Fields, spec: Fields = {}): string[] {
  return created('pods', pod({ ...spec, containers: [{ ...CONTAINER, ...container }] }));
}

void t.test('a full pod is valid', (t) => {
  const spec = {
    containers: [
      {
        ...CONTAINER,
        command: ['sh'],
        ports: [
          { name: 'http', containerPort: 80 },
          { name: 'dns', containerPort: 53, protocol: 'UDP', hostPort: 5353 },
        ],
        env: [
          { name: 'A', value: '1' },
          { name: 'B', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          { name: 'C', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
          { name: 'D', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
          { name: 'E', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        ],
        envFrom: [{ configMapRef: { name: 'cm' } }],
        volumeMounts: [
          { name: 'v', mountPath: '/v' },
          { name: 'w', mountPath: '/w', subPath: 'x/y' },
        ],
        resources: {
          requests: { cpu: '100m', memory: '64Mi' },
          limits: { cpu: '1', memory: '64Mi', 'example.com/gpu': '1' },
        },
        livenessProbe: { httpGet: { port: 'http' } },
        readinessProbe: { tcpSocket: { port: 80 } },
        lifecycle: { preStop: { exec: { command: ['true'] } } },
        securityContext: { runAsUser: 1000, allowPrivilegeEscalation: false },
      },
    ],
    initContainers: [
      { name: 'i', image: 'x' },
      { name: 'side', image: 'x', restartPolicy: 'Always' },
    ],
    volumes: [
      { name: 'v' },
      { name: 'w', configMap: { name: 'cm' } },
      {
        name: 'p',
        projected: {
          sources: [{ serviceAccountToken: { path: 'token' } }, { configMap: { name: 'c' } }],
        },
      },
      { name: 'h', hostPath: { path: '/tmp' } },
    ],
    tolerations: [
      { operator: 'Exists' },
      { key: 'a', effect: 'NoExecute', tolerationSeconds: 300 },
    ],
    nodeSelector: { a: 'b' },
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }],
        },
      },
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 1,
            podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: {} },
          },
        ],
      },
    },
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' },
    ],
  };
  t.same(created('pods', pod(spec)), []);
  t.end();
});

void t.test('containers', (t) => {
  t.same(created('pods', pod({ containers: [] })), ['spec.containers: Required value']);
  t.same(created('pods', { metadata: IN_NAMESPACE, spec: {} }), [
    'spec.containers: Required value',
  ]);
  t.same(withContainer({ name: '' }), ['spec.containers[0].name: Required value']);
  t.same(withContainer({ name: 'A' }), [
    `spec.containers[0].name: Invalid value: "A": ${LABEL_RULE}`,
  ]);
  t.same(withContainer({ image: '' }), ['spec.containers[0].image: Required value']);
  t.same(withContainer({ image: ' nginx' }), [
    'spec.containers[0].image: Invalid value: " nginx": must not have leading or trailing whitespace',
  ]);
  t.same(created('pods', pod({ containers: [CONTAINER, CONTAINER] })), [
    'spec.containers[1].name: Duplicate value: "a"',
  ]);
  t.same(created('pods', pod({ initContainers: [CONTAINER] })), [
    'spec.initContainers[0].name: Duplicate value: "a"',
  ]);
  t.same(withContainer({ imagePullPolicy: 'Sometimes' }), [
    'spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
  ]);
  t.same(
    created(
      'pods',
      pod({
        initContainers: [{ name: 'i', image: 'x', livenessProbe: { exec: { command: ['x'] } } }],
      }),
    ),
    [
      'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
  );
  t.end();
});

void t.test('ports of containers', (t) => {
  const ports = (...list: Fields[]): string[] => withContainer({ ports: list });
  t.same(ports({ containerPort: 0 }), [
    'spec.containers[0].ports[0].containerPort: Required value',
  ]);
  t.same(ports({ containerPort: 70000 }), [
    'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
  ]);
  t.same(ports({ containerPort: 80, protocol: 'ICMP' }), [
    'spec.containers[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
  ]);
  t.same(ports({ containerPort: 80, name: 'much-too-long-name' }), [
    'spec.containers[0].ports[0].name: Invalid value: "much-too-long-name": must be no more than 15 characters',
  ]);
  t.same(ports({ containerPort: 80, name: 'a' }, { containerPort: 81, name: 'a' }), [
    'spec.containers[0].ports[1].name: Duplicate value: "a"',
  ]);
  t.same(ports({ containerPort: 80, hostPort: 80 }, { containerPort: 81, hostPort: 80 }), [
    'spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//80"',
  ]);
  t.end();
});

void t.test('environment', (t) => {
  const env = (variable: Fields): string[] => withContainer({ env: [variable] });
  t.same(env({ name: '' }), ['spec.containers[0].env[0].name: Required value']);
  t.same(env({ name: 'a=b' }), [
    'spec.containers[0].env[0].name: Invalid value: "a=b": a valid environment variable name must consist only of ' +
      "printable ASCII characters other than '='",
  ]);
  t.same(env({ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }), [
    'spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
  ]);
  t.same(env({ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.foo' } } }), [
    'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo": ' +
      'error converting fieldPath: field label not supported: spec.foo',
  ]);
  t.match(env({ name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.phase' } } }), [
    /fieldPath: Unsupported value: "status\.phase": supported values: "metadata\.name", /,
  ]);
  t.end();
});

void t.test('resources', (t) => {
  const place = 'spec.containers[0].resources';
  const resources = (limits: Fields, requests: Fields = {}): string[] =>
    withContainer({ resources: { limits, requests } });
  t.same(resources({ cpu: '1' }, { cpu: '2' }), [
    `${place}.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`,
  ]);
  t.same(resources({ cpu: '-1' }, {}), [
    `${place}.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0`,
    `${place}.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0`,
  ]);
  t.same(resources({}, { bananas: '1' }), [
    `${place}.requests[bananas]: Invalid value: "bananas": must be a standard resource type or fully qualified`,
    `${place}.requests[bananas]: Invalid value: "bananas": must be a standard resource for containers`,
  ]);
  t.same(resources({ 'example.com/gpu': '500m' }), [
    `${place}.limits[example.com/gpu]: Invalid value: "500m": must be an integer`,
    `${place}.requests[example.com/gpu]: Invalid value: "500m": must be an integer`,
  ]);
  t.same(resources({ 'example.com/gpu': '2' }, { 'example.com/gpu': '1' }), [
    `${place}.requests: Invalid value: "1": must be equal to example.com/gpu limit of 2`,
  ]);
  t.end();
});

void t.test('volumes and mounts', (t) => {
  t.same(withContainer({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }), [
    'spec.containers[0].volumeMounts[0].name: Not found: "v"',
  ]);
  const volumes = [{ name: 'v', emptyDir: {} }];
  t.same(
    withContainer(
      {
        volumeMounts: [
          { name: 'v', mountPath: '/v' },
          { name: 'v', mountPath: '/v' },
        ],
      },
      { volumes },
    ),
    ['spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/v": must be unique'],
  );
  t.same(
    withContainer({ volumeMounts: [{ name: 'v', mountPath: '/v', subPath: '../x' }] }, { volumes }),
    ['spec.containers[0].volumeMounts[0].subPath: Invalid value: "../x": must not contain \'..\''],
  );
  t.same(created('pods', pod({ volumes: [{ name: 'v' }, { name: 'v' }] })), [
    'spec.volumes[1].name: Duplicate value: "v"',
  ]);
  t.same(
    created('pods', pod({ volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/x' } }] })),
    ['spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type'],
  );
  t.same(created('pods', pod({ volumes: [{ name: 'v', secret: { defaultMode: 1000 } }] })), [
    'spec.volumes[0].secret.secretName: Required value',
    'spec.volumes[0].secret.defaultMode: Invalid value: 1000: must be a number between 0 and 0777 (octal), both inclusive',
  ]);
  t.end();
});

void t.test('probes have one handler', (t) => {
  t.same(withContainer({ livenessProbe: {} }), [
    'spec.containers[0].livenessProbe: Required value: must specify a handler type',
  ]);
  t.same(withContainer({ livenessProbe: { successThreshold: 2, exec: { command: ['x'] } } }), [
    'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
  ]);
  t.same(withContainer({ readinessProbe: { exec: { command: ['x'] }, tcpSocket: { port: 0 } } }), [
    'spec.containers[0].readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
  ]);
  t.same(withContainer({ readinessProbe: { tcpSocket: { port: 0 } } }), [
    'spec.containers[0].readinessProbe.tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive',
  ]);
  t.end();
});

void t.test('the rest of a spec', (t) => {
  const cases: readonly (readonly [Fields, string])[] = [
    [
      { restartPolicy: 'Maybe' },
      'spec.restartPolicy: Unsupported value: "Maybe": supported values: "Always", "OnFailure", "Never"',
    ],
    [
      { dnsPolicy: 'Maybe' },
      'spec.dnsPolicy: Unsupported value: "Maybe": supported values: "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"',
    ],
    [
      { dnsPolicy: 'None' },
      'spec.dnsConfig: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None',
    ],
    [{ nodeName: 'A' }, `spec.nodeName: Invalid value: "A": ${SUBDOMAIN_RULE}`],
    [
      { activeDeadlineSeconds: 0 },
      'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
    ],
    [
      { tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] },
      'spec.tolerations[0].operator: Invalid value: {"key":"a","operator":"Exists","value":"b"}: ' +
        "value must be empty when `operator` is 'Exists'",
    ],
    [
      { tolerations: [{ key: 'a', effect: 'Evict' }] },
      'spec.tolerations[0].effect: Unsupported value: "Evict": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
    ],
    [
      { ephemeralContainers: [{ name: 'e', image: 'x' }] },
      'spec.ephemeralContainers: Forbidden: cannot be set on create',
    ],
    [
      { nodeName: 'n', schedulingGates: [{ name: 'a' }] },
      'spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared',
    ],
  ];
  for (const [spec, expected] of cases)
    t.same(created('pods', pod(spec)), [expected], JSON.stringify(spec));
  t.end();
});

void t.test('of a pod only some fields may change', (t) => {
  const old = pod({ tolerations: [{ key: 'a', operator: 'Exists' }], activeDeadlineSeconds: 50 });
  const changed = (spec: Fields): string[] => {
    return updated('pods', { ...old, spec: { ...(old['spec'] as Fields), ...spec } }, old);
  };
  t.same(changed({}), []);
  t.same(changed({ containers: [{ ...CONTAINER, image: 'nginx:2' }] }), []);
  t.same(changed({ activeDeadlineSeconds: 40 }), []);
  t.same(changed({ activeDeadlineSeconds: 60 }), [
    'spec.activeDeadlineSeconds: Invalid value: 60: must be less than or equal to previous value',
  ]);
  t.same(
    changed({
      tolerations: [
        { key: 'a', operator: 'Exists' },
        { key: 'b', operator: 'Exists' },
      ],
    }),
    [],
  );
  t.same(changed({ tolerations: [{ key: 'b', operator: 'Exists' }] }), [
    'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
  ]);
  t.same(changed({ containers: [CONTAINER, { name: 'b', image: 'x' }] }), [
    'spec.containers: Forbidden: pod updates may not add or remove containers',
  ]);
  t.same(changed({ nodeName: 'n1', containers: [{ ...CONTAINER, args: ['x'] }] }), [
    'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,' +
      '`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
      '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n' +
      '  spec.containers[0].args: null -> ["x"]\n  spec.nodeName: null -> "n1"\n',
  ]);
  t.end();
});

void t.test('a container that ended for good does not run again', (t) => {
  const ended = {
    ...pod({ restartPolicy: 'Never' }),
    status: { containerStatuses: [{ name: 'a', state: { terminated: { exitCode: 1 } } }] },
  };
  const running = {
    ...ended,
    status: { containerStatuses: [{ name: 'a', state: { running: {} } }] },
  };
  t.same(updated('pods', running, ended, 'status'), [
    'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state',
  ]);
  t.same(updated('pods', ended, running, 'status'), []);
  t.end();
});
