import t from 'tap';
import { IN_NAMESPACE, LABEL_RULE, created, updated } from './cases.js';
import type { Fields } from './cases.js';

function service(spec: Fields): Fields {
  return { metadata: IN_NAMESPACE, spec: { ports: [{ port: 80 }], ...spec } };
}

void t.test('services of each type are valid', (t) => {
  const specs: Fields[] = [
    {},
    { clusterIP: 'None', clusterIPs: ['None'], ports: [] },
    { type: 'NodePort', ports: [{ port: 80, nodePort: 30080, targetPort: 'http' }] },
    { type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8'] },
    { type: 'ExternalName', externalName: 'example.com.', ports: [] },
    {
      ports: [
        { port: 80, name: 'a' },
        { port: 80, name: 'b', protocol: 'UDP' },
      ],
      sessionAffinity: 'ClientIP',
    },
    { externalIPs: ['1.2.3.4', '2001:db8::1'], selector: { a: 'b' } },
  ];
  for (const spec of specs) t.same(created('services', service(spec)), [], JSON.stringify(spec));
  t.end();
});

void t.test('a service is refused in Kubernetes words', (t) => {
  const cases: readonly (readonly [Fields, readonly string[]])[] = [
    [{ ports: [] }, ['spec.ports: Required value']],
    [
      { ports: [{ port: 0 }] },
      [
        'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
        'spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive',
      ],
    ],
    [{ ports: [{ port: 1 }, { port: 2, name: 'b' }] }, ['spec.ports[0].name: Required value']],
    [
      {
        ports: [
          { port: 1, name: 'b' },
          { port: 2, name: 'b' },
        ],
      },
      ['spec.ports[1].name: Duplicate value: "b"'],
    ],
    [
      { ports: [{ port: 1, name: 'B' }] },
      [`spec.ports[0].name: Invalid value: "B": ${LABEL_RULE}`],
    ],
    [
      {
        ports: [
          { port: 80, name: 'a' },
          { port: 80, name: 'b' },
        ],
      },
      [
        'spec.ports[1]: Duplicate value: ' +
          '{"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
      ],
    ],
    [
      { ports: [{ port: 80, nodePort: 30080 }] },
      ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ],
    [
      { type: 'Magic' },
      [
        'spec.type: Unsupported value: "Magic": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
      ],
    ],
    [{ type: 'ExternalName', ports: [] }, ['spec.externalName: Required value']],
    [
      { type: 'NodePort', clusterIP: 'None' },
      [
        'spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services',
      ],
    ],
    [
      { sessionAffinity: 'Cookie' },
      ['spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"'],
    ],
    [
      {
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } },
      },
      [
        'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400',
      ],
    ],
    [
      { externalIPs: ['127.0.0.1'] },
      [
        'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      ],
    ],
    [
      { externalIPs: ['300.1.1.1'] },
      [
        'spec.externalIPs[0]: Invalid value: "300.1.1.1": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ],
    ],
    [
      { externalTrafficPolicy: 'Local' },
      [
        'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
      ],
    ],
    [
      { allocateLoadBalancerNodePorts: true },
      [
        "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'",
      ],
    ],
  ];
  for (const [spec, expected] of cases) {
    t.same(created('services', service(spec)), expected, JSON.stringify(spec));
  }
  t.end();
});

void t.test('the address of a service stays', (t) => {
  const old = service({ clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'] });
  t.same(updated('services', service({ clusterIP: '10.96.0.8', clusterIPs: ['10.96.0.8'] }), old), [
    'spec.clusterIPs[0]: Invalid value: ["10.96.0.8"]: may not change once set',
  ]);
  t.same(updated('services', service({ type: 'ExternalName', externalName: 'a.b' }), old), []);
  t.same(updated('services', old, old), []);
  t.end();
});
