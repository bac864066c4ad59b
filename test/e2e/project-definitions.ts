/** Definitions in the shape of what well-known projects install: names, versions, columns and rules of theirs; schemas written here. */

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const limited = (maxLength: number): Schema => ({ type: 'string', maxLength });
const flag: Schema = { type: 'boolean' };
const whole: Schema = { type: 'integer', format: 'int32' };
const intOrString: Schema = {
  'x-kubernetes-int-or-string': true,
  anyOf: [{ type: 'integer' }, { type: 'string' }],
};
const anything: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const texts: Schema = { type: 'array', items: text };
const labels: Schema = { type: 'object', additionalProperties: text };

function object(properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema {
  return { type: 'object', properties, ...more };
}

function listOf(items: Schema, more: Schema = {}): Schema {
  return { type: 'array', items, ...more };
}

function mapOf(key: string, items: Schema): Schema {
  return listOf(items, {
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': [key],
  });
}

const selector: Schema = object({
  matchLabels: labels,
  matchExpressions: listOf(object({ key: text, operator: text, values: texts })),
});

const conditions: Schema = mapOf(
  'type',
  object(
    {
      type: { ...limited(316), description: 'What it is about.' },
      status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
      reason: text,
      message: text,
      lastTransitionTime: { type: 'string', format: 'date-time' },
    },
    { required: ['type', 'status'] },
  ),
);

/** A pod's template is what makes the schemas of such projects large: hundreds of kilobytes. */
function podTemplate(): Schema {
  const probe = object({
    exec: object({ command: texts }),
    httpGet: object({ path: text, port: intOrString, scheme: text }, { required: ['port'] }),
    tcpSocket: object({ port: intOrString }, { required: ['port'] }),
    initialDelaySeconds: whole,
    periodSeconds: whole,
    failureThreshold: whole,
  });
  const container = object(
    {
      name: text,
      image: text,
      command: texts,
      args: texts,
      env: mapOf('name', object({ name: text, value: text }, { required: ['name'] })),
      ports: listOf(object({ name: text, containerPort: whole, protocol: text })),
      resources: object({
        limits: { type: 'object', additionalProperties: intOrString },
        requests: { type: 'object', additionalProperties: intOrString },
      }),
      livenessProbe: probe,
      readinessProbe: probe,
      startupProbe: probe,
      volumeMounts: listOf(object({ name: text, mountPath: text, readOnly: flag })),
    },
    { required: ['name'] },
  );
  const term = object({ labelSelector: selector, topologyKey: text, namespaces: texts });
  const affinity = object({
    podAffinity: object({
      required: listOf(term),
      preferred: listOf(object({ term, weight: whole })),
    }),
    podAntiAffinity: object({
      required: listOf(term),
      preferred: listOf(object({ term, weight: whole })),
    }),
  });
  const sources = Array.from({ length: 40 }, (_, i): [string, Schema] => [
    `source${String(i)}`,
    object({
      path: { ...text, description: 'Where it is. '.repeat(20) },
      items: listOf(object({ key: text, path: text, mode: whole })),
      options: labels,
    }),
  ]);
  const volume = object({ name: text, ...Object.fromEntries(sources) }, { required: ['name'] });
  const spec = object({
    containers: mapOf('name', container),
    initContainers: mapOf('name', container),
    ephemeralContainers: mapOf('name', container),
    volumes: mapOf('name', volume),
    affinity,
    nodeSelector: labels,
    serviceAccountName: text,
    tolerations: listOf(object({ key: text, operator: text, effect: text, value: text })),
  });
  return object({ metadata: object({ labels, annotations: labels }), spec });
}

interface Version {
  readonly name: string;
  readonly storage?: boolean;
  readonly spec: Schema;
  readonly status?: Schema;
  readonly columns?: readonly object[];
}

function definition(
  group: string,
  names: { readonly plural: string; readonly kind: string; readonly shortNames?: string[] },
  versions: readonly Version[],
): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { ...names, singular: names.kind.toLowerCase(), categories: ['projects'] },
      versions: versions.map(
        ({ name, storage = false, spec, status = object({ conditions }), columns }) => ({
          name,
          served: true,
          storage,
          subresources: { status: {} },
          ...(columns !== undefined && { additionalPrinterColumns: columns }),
          schema: {
            openAPIV3Schema: object(
              { apiVersion: text, kind: text, metadata: { type: 'object' }, spec, status },
              { required: ['spec'], description: `${names.kind} as its project has it.` },
            ),
          },
        }),
      ),
    },
  };
}

const ready = (name: string) => ({
  name,
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].status',
});
const age = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** In the manner of cert-manager: rules between fields, durations. */
const certificate = definition(
  'certs.example.com',
  { plural: 'certificates', kind: 'Certificate', shortNames: ['cert', 'certs'] },
  [
    {
      name: 'v1',
      storage: true,
      spec: object(
        {
          secretName: limited(253),
          duration: { ...limited(40), description: 'How long a certificate is valid.' },
          renewBefore: limited(40),
          dnsNames: { type: 'array', maxItems: 50, items: limited(253) },
          issuerRef: object(
            { name: text, kind: { ...text, default: 'Issuer' }, group: text },
            { required: ['name'] },
          ),
          privateKey: object({
            algorithm: { type: 'string', enum: ['RSA', 'ECDSA', 'Ed25519'] },
            size: whole,
          }),
        },
        {
          required: ['secretName', 'issuerRef'],
          'x-kubernetes-validations': [
            {
              rule: '!has(self.renewBefore) || !has(self.duration) || duration(self.renewBefore) < duration(self.duration)',
              message: 'renewBefore has to be shorter than duration',
            },
          ],
        },
      ),
      columns: [
        ready('Ready'),
        { name: 'Secret', type: 'string', jsonPath: '.spec.secretName' },
        age,
      ],
    },
  ],
);

/** In the manner of Argo CD: parts that take anything, and deep ones that do not. */
const application = definition(
  'argo.example.com',
  { plural: 'applications', kind: 'Application', shortNames: ['app', 'apps'] },
  [
    {
      name: 'v1alpha1',
      storage: true,
      spec: object(
        {
          project: text,
          destination: object({ server: text, namespace: text, name: text }),
          sources: listOf(
            object(
              {
                repoURL: text,
                path: text,
                targetRevision: text,
                helm: object({ releaseName: text, valuesObject: anything, valueFiles: texts }),
              },
              { required: ['repoURL'] },
            ),
          ),
          syncPolicy: object({
            automated: object({ prune: flag, selfHeal: flag }),
            syncOptions: texts,
            retry: object({ limit: { type: 'integer', format: 'int64' } }),
          }),
        },
        { required: ['destination', 'project'] },
      ),
      status: object({
        sync: object({ status: text }),
        health: object({ status: text }),
        resources: listOf(anything),
      }),
      columns: [
        { name: 'Sync Status', type: 'string', jsonPath: '.status.sync.status' },
        { name: 'Health Status', type: 'string', jsonPath: '.status.health.status' },
        { name: 'Project', type: 'string', jsonPath: '.spec.project', priority: 10 },
      ],
    },
  ],
);

/** In the manner of the Prometheus operator: pod templates in the schema, patterns, int-or-string. */
const prometheus = definition(
  'monitoring.example.com',
  { plural: 'prometheuses', kind: 'Prometheus', shortNames: ['prom'] },
  [
    {
      name: 'v1',
      storage: true,
      spec: object({
        replicas: { ...whole, minimum: 0 },
        version: text,
        retention: {
          type: 'string',
          pattern: '^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?)$',
        },
        scrapeInterval: { type: 'string', default: '30s' },
        serviceMonitorSelector: selector,
        podTemplate: podTemplate(),
      }),
      columns: [
        { name: 'Version', type: 'string', jsonPath: '.spec.version' },
        { name: 'Desired', type: 'integer', jsonPath: '.spec.replicas' },
        age,
      ],
    },
  ],
);

/** In the manner of Istio: two versions of one schema, one of several. */
const route = listOf(
  object({
    destination: object(
      { host: text, subset: text, port: object({ number: whole }) },
      { required: ['host'] },
    ),
    weight: { ...whole, minimum: 0, maximum: 100 },
  }),
  { maxItems: 20 },
);
const virtualServiceSpec = object({
  hosts: { type: 'array', maxItems: 100, items: limited(253) },
  gateways: texts,
  http: listOf(
    object(
      {
        name: limited(63),
        match: listOf(
          object({
            uri: object(
              {
                exact: text,
                prefix: text,
                regex: text,
              },
              {
                maxProperties: 1,
              },
            ),
            headers: { type: 'object', additionalProperties: object({ exact: text }) },
          }),
          { maxItems: 20 },
        ),
        redirect: object({ uri: text }),
        route,
      },
      {
        'x-kubernetes-validations': [
          {
            rule: 'has(self.redirect) != has(self.route)',
            message: 'either a redirect or a route',
          },
          {
            rule: '!has(self.route) || self.route.size() < 2 || self.route.map(r, has(r.weight) ? r.weight : 0).sum() == 100',
            message: 'the weights have to add up to 100',
          },
        ],
      },
    ),
    { maxItems: 16 },
  ),
});
const virtualService = definition(
  'networking.example.com',
  { plural: 'virtualservices', kind: 'VirtualService', shortNames: ['vs'] },
  ['v1', 'v1beta1'].map((name) => ({
    name,
    storage: name === 'v1',
    spec: virtualServiceSpec,
    columns: [{ name: 'Hosts', type: 'string', jsonPath: '.spec.hosts' }, age],
  })),
);

/** In the manner of Knative: a template that is defaulted elsewhere, status that tells all. */
const knativeService = definition(
  'serving.example.com',
  { plural: 'services', kind: 'Service', shortNames: ['kservice', 'ksvc'] },
  [
    {
      name: 'v1',
      storage: true,
      spec: object({
        template: object({
          metadata: anything,
          spec: object({
            containerConcurrency: { type: 'integer', format: 'int64' },
            timeoutSeconds: { type: 'integer', format: 'int64' },
            containers: listOf(anything),
          }),
        }),
        traffic: listOf(
          object({
            latestRevision: flag,
            percent: { type: 'integer', format: 'int64' },
            tag: text,
          }),
        ),
      }),
      status: object({ conditions, url: text, latestReadyRevisionName: text }),
      columns: [
        { name: 'URL', type: 'string', jsonPath: '.status.url' },
        { name: 'LatestReady', type: 'string', jsonPath: '.status.latestReadyRevisionName' },
        ready('Ready'),
      ],
    },
  ],
);

export const DEFINITIONS = [certificate, application, prometheus, virtualService, knativeService];

const named = (apiVersion: string, kind: string, name: string, spec: object): object => ({
  apiVersion,
  kind,
  metadata: { name },
  spec,
});

const host = 'web.example.com';

export const OBJECTS = [
  named('certs.example.com/v1', 'Certificate', 'web', {
    secretName: 'web-tls',
    duration: '2160h',
    renewBefore: '360h',
    dnsNames: [host],
    issuerRef: { name: 'internal' },
  }),
  named('argo.example.com/v1alpha1', 'Application', 'shop', {
    project: 'default',
    destination: { namespace: 'shop', server: 'https://kubernetes.default.svc' },
    sources: [
      {
        repoURL: 'https://git.example.com/shop.git',
        helm: { valuesObject: { image: { tag: '1.2' }, replicas: 2, hosts: ['a', 'b'] } },
      },
    ],
    syncPolicy: { automated: { prune: true } },
  }),
  named('monitoring.example.com/v1', 'Prometheus', 'main', {
    replicas: 2,
    version: 'v3.1.0',
    retention: '10d',
    podTemplate: {
      spec: {
        containers: [{ name: 'prometheus', resources: { limits: { cpu: 1, memory: '1Gi' } } }],
      },
    },
  }),
  named('networking.example.com/v1beta1', 'VirtualService', 'web', {
    hosts: [host],
    http: [
      {
        match: [{ uri: { prefix: '/api' } }],
        route: [
          { destination: { host: 'api', subset: 'v1' }, weight: 90 },
          { destination: { host: 'api', subset: 'v2' }, weight: 10 },
        ],
      },
    ],
  }),
  named('serving.example.com/v1', 'Service', 'hello', {
    template: { spec: { containers: [{ image: 'hello:1', env: [{ name: 'A', value: 'b' }] }] } },
    traffic: [{ latestRevision: true, percent: 100 }],
  }),
];
