import type { JsonSchema } from '../../../src/api/crd/index.js';

/** A definition of one version whose spec has this schema. */
export function ruled(kind: string, group: string, spec: object, more: object = {}): object {
  const plural = `${kind.toLowerCase()}s`;
  const openAPIV3Schema = {
    type: 'object',
    required: ['spec'],
    properties: { spec, status: { type: 'object', properties: { phase: { type: 'string' } } } },
    ...more,
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}

const text = (maxLength: number, more: JsonSchema = {}): JsonSchema => ({
  type: 'string',
  maxLength,
  ...more,
});

/** In the manner of cert-manager: one of several issuers, durations that have to fit, what never changes. */
export const CERTIFICATE = ruled('Certificate', 'certs.example.com', {
  type: 'object',
  description: 'What the certificate should be.',
  required: ['secretName'],
  properties: {
    secretName: text(253, {
      'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'secretName is immutable' }],
    }),
    duration: text(30),
    renewBefore: text(30),
    renewBeforePercentage: { type: 'integer' },
    dnsNames: { type: 'array', maxItems: 20, items: text(253) },
    usages: { type: 'array', maxItems: 10, 'x-kubernetes-list-type': 'set', items: text(30) },
    issuer: {
      type: 'object',
      properties: {
        acme: { type: 'object', properties: { server: text(500) } },
        vault: { type: 'object', properties: { path: text(100) } },
        selfSigned: { type: 'object' },
      },
      'x-kubernetes-validations': [
        {
          rule: '[has(self.acme), has(self.vault), has(self.selfSigned)].exists_one(x, x)',
          message: 'exactly one kind of issuer has to be set',
        },
        {
          rule: "!has(self.acme) || (isURL(self.acme.server) && url(self.acme.server).getScheme() == 'https')",
          message: 'the server has to be an https URL',
          fieldPath: '.acme.server',
        },
      ],
    },
  },
  'x-kubernetes-validations': [
    {
      rule: '!(has(self.renewBefore) && has(self.renewBeforePercentage))',
      message: 'renewBefore and renewBeforePercentage exclude each other',
      reason: 'FieldValueForbidden',
      fieldPath: '.renewBeforePercentage',
    },
    {
      rule: '!has(self.duration) || !has(self.renewBefore) || duration(self.renewBefore) < duration(self.duration)',
      messageExpression:
        "'renewBefore (' + self.renewBefore + ') has to be less than duration (' + self.duration + ')'",
    },
    {
      rule: "!has(self.usages) || !('any' in self.usages) || self.usages.size() == 1",
      message: 'any stands alone',
    },
  ],
});

/** In the manner of Gateway API: listeners told apart, paths by pattern, references that may leave out their namespace. */
export const ROUTE = ruled('Route', 'gateways.example.com', {
  type: 'object',
  properties: {
    parentRefs: {
      type: 'array',
      maxItems: 8,
      items: {
        type: 'object',
        required: ['name'],
        properties: {
          group: text(253, { default: 'gateways.example.com' }),
          kind: text(63, { default: 'Gateway' }),
          namespace: text(63),
          name: text(253),
          sectionName: text(253),
        },
      },
      'x-kubernetes-validations': [
        {
          rule:
            'self.all(p1, self.all(p2, p1.group == p2.group && p1.kind == p2.kind && p1.name == p2.name ' +
            "&& (((!has(p1.__namespace__) || p1.__namespace__ == '') && (!has(p2.__namespace__) || p2.__namespace__ == '')) " +
            '|| (has(p1.__namespace__) && has(p2.__namespace__) && p1.__namespace__ == p2.__namespace__)) ' +
            "? ((!has(p1.sectionName) || p1.sectionName == '') == (!has(p2.sectionName) || p2.sectionName == '')) : true))",
          message: 'sectionName has to be set on all references to one parent',
        },
        {
          rule:
            'self.all(p1, self.exists_one(p2, p1.group == p2.group && p1.kind == p2.kind && p1.name == p2.name ' +
            '&& (has(p1.sectionName) ? has(p2.sectionName) && p1.sectionName == p2.sectionName : !has(p2.sectionName))))',
          message: 'references have to be unique',
        },
      ],
    },
    listeners: {
      type: 'array',
      maxItems: 16,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name', 'port', 'protocol'],
        properties: {
          name: text(253),
          port: { type: 'integer', minimum: 1, maximum: 65535 },
          protocol: text(20),
          hostname: text(253),
          tls: { type: 'object', properties: { mode: text(20) } },
        },
      },
      'x-kubernetes-validations': [
        {
          rule: "self.all(l, l.protocol in ['HTTP', 'TCP', 'UDP'] ? !has(l.tls) : true)",
          message: 'tls is for protocols that have it',
        },
        {
          rule: 'self.all(l1, self.exists_one(l2, l1.port == l2.port && l1.protocol == l2.protocol && (has(l1.hostname) && has(l2.hostname) ? l1.hostname == l2.hostname : !has(l1.hostname) && !has(l2.hostname))))',
          message: 'port, protocol and hostname together are unique',
        },
      ],
    },
    path: {
      type: 'object',
      properties: {
        type: text(20, {
          enum: ['Exact', 'PathPrefix', 'RegularExpression'],
          default: 'PathPrefix',
        }),
        value: text(1024, { default: '/' }),
      },
      'x-kubernetes-validations': [
        {
          rule: "self.type in ['Exact', 'PathPrefix'] ? self.value.startsWith('/') : true",
          message: 'value has to be an absolute path',
        },
        {
          rule: 'self.type in [\'Exact\', \'PathPrefix\'] ? self.value.matches(r"""^(?:[-A-Za-z0-9/._~!$&\'()*+,;=:@]|[%][0-9a-fA-F]{2})+$""") : true',
          message: 'value has characters that no path has',
        },
      ],
    },
  },
});

/** In the manner of Istio: at most one of several ways to select, addresses of networks, a rule on the root. */
export const POLICY = ruled(
  'Policy',
  'mesh.example.com',
  {
    type: 'object',
    properties: {
      selector: {
        type: 'object',
        properties: {
          matchLabels: {
            type: 'object',
            maxProperties: 50,
            additionalProperties: text(63, {
              'x-kubernetes-validations': [
                { rule: "!self.contains('*')", message: 'wildcards are not for labels' },
              ],
            }),
            'x-kubernetes-validations': [
              { rule: 'self.all(key, key.size() > 0)', message: 'keys are not empty' },
            ],
          },
        },
      },
      targetRef: {
        type: 'object',
        properties: {
          name: text(253, {
            'x-kubernetes-validations': [
              {
                rule: '!format.dns1123Label().validate(self).hasValue()',
                message: 'no label of DNS',
              },
            ],
          }),
        },
      },
      targetRefs: {
        type: 'array',
        maxItems: 16,
        items: { type: 'object', properties: { name: text(253) } },
      },
      blocks: {
        type: 'array',
        maxItems: 32,
        items: text(43, {
          'x-kubernetes-validations': [
            { rule: 'isCIDR(self)', messageExpression: "self + ' is no CIDR'" },
            {
              rule: "!isCIDR(self) || !cidr('10.0.0.0/8').containsCIDR(cidr(self))",
              message: 'not within 10.0.0.0/8',
            },
          ],
        }),
      },
    },
    'x-kubernetes-validations': [
      {
        rule: '(has(self.selector) ? 1 : 0) + (has(self.targetRef) ? 1 : 0) + (has(self.targetRefs) ? 1 : 0) <= 1',
        message: 'only one of selector, targetRef and targetRefs can be set',
      },
    ],
  },
  {
    'x-kubernetes-validations': [
      {
        rule: 'self.metadata.name.size() <= 20',
        messageExpression: "self.kind + ' ' + self.metadata.name + ' has a name that is too long'",
      },
    ],
  },
);

/** In the manner of Knative: traffic that adds up, numbers or percentages, what only grows. */
export const SERVICE = ruled('Service', 'serving.example.org', {
  type: 'object',
  properties: {
    traffic: {
      type: 'array',
      maxItems: 20,
      items: {
        type: 'object',
        properties: { percent: { type: 'integer' }, tag: text(63), latest: { type: 'boolean' } },
      },
      'x-kubernetes-validations': [
        {
          rule: 'self.map(t, has(t.percent) ? t.percent : 0).sum() == 100',
          messageExpression:
            "'traffic adds up to %d percent'.format([self.map(t, has(t.percent) ? t.percent : 0).sum()])",
        },
      ],
    },
    surge: { 'x-kubernetes-int-or-string': true },
    generationSeen: { type: 'integer' },
  },
  'x-kubernetes-validations': [
    {
      rule: "!has(self.surge) || (type(self.surge) == int ? self.surge >= 0 : self.surge.matches('^[0-9]+%$'))",
      message: 'surge is a number or a percentage',
    },
    {
      rule: '!oldSelf.hasValue() || self.?generationSeen.orValue(0) >= oldSelf.value().?generationSeen.orValue(0)',
      optionalOldSelf: true,
      message: 'generationSeen only grows',
    },
  ],
});

/** In the manner of the Prometheus operator: durations as text, quantities, ways to authenticate that exclude each other. */
export const MONITOR = ruled('Monitor', 'monitoring.example.com', {
  type: 'object',
  properties: {
    interval: text(20),
    timeout: text(20),
    retentionSize: text(20),
    storage: { 'x-kubernetes-int-or-string': true, maxLength: 20 },
    basicAuth: { type: 'object', properties: { user: text(63) } },
    authorization: { type: 'object', properties: { type: text(63) } },
    extraLabels: {
      type: 'object',
      maxProperties: 20,
      additionalProperties: text(100),
      'x-kubernetes-validations': [
        {
          rule: "self.all(name, name.matches('^[a-zA-Z_][a-zA-Z0-9_]*$') && !name.startsWith('__'))",
          message: 'names of labels are letters, digits and _',
        },
      ],
    },
  },
  'x-kubernetes-validations': [
    {
      rule: '!(has(self.basicAuth) && has(self.authorization))',
      message: 'basicAuth and authorization exclude each other',
    },
    {
      rule: 'has(self.interval) && has(self.timeout) ? duration(self.timeout) <= duration(self.interval) : true',
      message: 'timeout is at most interval',
    },
    {
      rule: '!has(self.storage) || !has(self.retentionSize) || quantity(string(self.storage)).compareTo(quantity(self.retentionSize)) >= 0',
      message: 'storage has to hold retentionSize',
    },
  ],
});
