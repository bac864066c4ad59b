import { deployment } from '../manifests.js';
import { MERGE, conformance } from './harness.js';
import type { Api } from './harness.js';
import type { Json } from '../api-world.js';

type Amounts = Readonly<Record<string, string>>;

function pod(name: string, resources: object = {}, more: object = {}): object {
  const containers = [{ name: 'main', image: 'pause', resources }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers, ...more } };
}

const resourcesOf = (made: Json): object | undefined =>
  (made['spec'] as { containers: { resources?: object }[] }).containers[0]?.resources;

const amounts = (cpu: string, memory: string): Amounts => ({ cpu, memory });

/** What a refusal says. */
async function refused(api: Api, body: object): Promise<unknown> {
  return (await api.expect(403, 'POST', api.in('pods'), body))['message'];
}

conformance(
  '[sig-scheduling] LimitRange should create a LimitRange with defaults and ensure pod has those defaults applied.',
  async (t, api) => {
    const limit = {
      type: 'Container',
      min: amounts('50m', '100Mi'),
      max: amounts('500m', '500Mi'),
      default: amounts('500m', '500Mi'),
      defaultRequest: amounts('100m', '200Mi'),
    };
    const url = api.in('limitranges');
    await api.expect(201, 'POST', url, {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'limits' },
      spec: { limits: [limit] },
    });
    await api.world.advance(100);
    const bare = await api.expect(201, 'POST', api.in('pods'), pod('bare'));
    t.same(resourcesOf(bare), { requests: limit.defaultRequest, limits: limit.default });
    t.equal(
      bare.metadata?.annotations?.['kubernetes.io/limit-ranger'],
      'LimitRanger plugin set: cpu, memory request for container main; cpu, memory limit for container main',
    );
    const partial = { requests: { memory: '150Mi' }, limits: { cpu: '300m' } };
    t.same(resourcesOf(await api.expect(201, 'POST', api.in('pods'), pod('partial', partial))), {
      requests: { memory: '150Mi', cpu: '300m' },
      limits: { cpu: '300m', memory: '500Mi' },
    });
    const small = { requests: amounts('10m', '50Mi') };
    t.equal(
      await refused(api, pod('small', small)),
      'pods "small" is forbidden: [minimum cpu usage per Container is 50m, but request is 10m, ' +
        'minimum memory usage per Container is 100Mi, but request is 50Mi]',
    );
    const large = { limits: { cpu: '600m' } };
    t.equal(
      await refused(api, pod('large', large)),
      'pods "large" is forbidden: maximum cpu usage per Container is 500m, but limit is 600m',
    );

    const lower = { ...limit, min: amounts('5m', '10Mi'), maxLimitRequestRatio: { cpu: '2' } };
    await api.expect(200, 'PATCH', `${url}/limits`, { spec: { limits: [lower] } }, MERGE);
    await api.world.advance(100);
    t.equal(
      await refused(api, pod('small', small)),
      'pods "small" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 50.000000',
    );
    const fitting = { requests: amounts('10m', '50Mi'), limits: { cpu: '20m' } };
    await api.expect(201, 'POST', api.in('pods'), pod('small', fitting));
    const ofAll = [
      { type: 'Pod', max: { cpu: '1' } },
      { type: 'PersistentVolumeClaim', min: { storage: '2Gi' }, max: { storage: '5Gi' } },
    ];
    await api.expect(200, 'PATCH', `${url}/limits`, { spec: { limits: ofAll } }, MERGE);
    await api.world.advance(100);
    const half = { name: 'half', image: 'pause', resources: { limits: { cpu: '600m' } } };
    const whole = pod('whole', {}, { containers: [half, { ...half, name: 'other' }] });
    const isMost = 'maximum cpu usage per Pod is 1, but limit is 1200m';
    t.equal(await refused(api, whole), `pods "whole" is forbidden: ${isMost}`);
    for (const [storage, problem] of [
      ['1Gi', 'minimum storage usage per PersistentVolumeClaim is 2Gi, but request is 1Gi'],
      ['6Gi', 'maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 6Gi'],
    ] as const) {
      const claim = {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'c' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
      };
      const { message } = await api.expect(403, 'POST', api.in('persistentvolumeclaims'), claim);
      t.equal(message, `persistentvolumeclaims "c" is forbidden: ${problem}`);
    }
    await api.expect(200, 'DELETE', `${url}/limits`);
    await api.world.advance(100);
    t.same(resourcesOf(await api.expect(201, 'POST', api.in('pods'), pod('large', large))), {
      limits: { cpu: '600m' },
      requests: { cpu: '600m' },
    });
  },
);

const CLASSES = '/apis/node.k8s.io/v1/runtimeclasses';

async function runtimeClass(api: Api, more: object = {}): Promise<string> {
  const name = `${api.namespace}-class`;
  const body = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name } };
  await api.expect(201, 'POST', CLASSES, { ...body, handler: 'runc', ...more });
  return name;
}

conformance(
  '[sig-node] RuntimeClass should reject a Pod requesting a non-existent RuntimeClass [NodeConformance]',
  async (t, api) => {
    t.equal(
      await refused(api, pod('a', {}, { runtimeClassName: 'nonexistent' })),
      'pods "a" is forbidden: pod rejected: RuntimeClass "nonexistent" not found',
    );
  },
);

conformance(
  '[sig-node] RuntimeClass should reject a Pod requesting a deleted RuntimeClass [NodeConformance]',
  async (t, api) => {
    const overhead = { podFixed: amounts('10m', '1Mi') };
    const scheduling = { nodeSelector: { kind: 'special' } };
    const runtimeClassName = await runtimeClass(api, { overhead, scheduling });
    const made = await api.expect(201, 'POST', api.in('pods'), pod('a', {}, { runtimeClassName }));
    t.match(made['spec'], { overhead: overhead.podFixed, nodeSelector: scheduling.nodeSelector });
    t.equal(
      await refused(api, pod('b', {}, { runtimeClassName, overhead: amounts('20m', '1Mi') })),
      `pods "b" is forbidden: pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead`,
    );
    await api.expect(200, 'DELETE', `${CLASSES}/${runtimeClassName}`);
    await api.world.advance(100);
    t.equal(
      await refused(api, pod('c', {}, { runtimeClassName })),
      `pods "c" is forbidden: pod rejected: RuntimeClass "${runtimeClassName}" not found`,
    );
  },
);

conformance(
  '[sig-node] Sysctls [LinuxOnly] [NodeConformance] should reject invalid sysctls [MinimumKubeletVersion:1.21]',
  async (t, api) => {
    const names = ['foo-', 'kernel.shmmax', 'safe-and-unsafe', 'bar..', 'kernel.shmmax'];
    const sysctls = names.map((name) => ({ name, value: '1' }));
    const body = pod('a', {}, { securityContext: { sysctls } });
    const { message } = await api.expect(422, 'POST', api.in('pods'), body);
    const rule =
      'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
    const field = 'spec.securityContext.sysctls';
    t.equal(
      message,
      `Pod "a" is invalid: [${field}[0].name: Invalid value: "foo-": ${rule}, ` +
        `${field}[3].name: Invalid value: "bar..": ${rule}, ` +
        `${field}[4].name: Duplicate value: "kernel.shmmax"]`,
    );
  },
);

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';

/** A policy about the Deployments of the test's namespace, and what binds it. */
async function bound(api: Api, spec: object): Promise<void> {
  const name = `${api.namespace}.example.com`;
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const selector = { matchLabels: { 'kubernetes.io/metadata.name': api.namespace } };
  await api.expect(201, 'POST', `${ADMISSION}/validatingadmissionpolicies`, {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      matchConstraints: {
        namespaceSelector: selector,
        resourceRules: [
          {
            apiGroups: ['apps'],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['deployments'],
          },
        ],
      },
      ...spec,
    },
  });
  await api.expect(201, 'POST', `${ADMISSION}/validatingadmissionpolicybindings`, {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: {
      policyName: name,
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: selector },
    },
  });
  await api.world.advance(100);
}

const replicated = (name: string, replicas: number, kind = 'Deployment') => {
  const object = deployment(name);
  return { ...object, kind, spec: { ...(object['spec'] as object), replicas } };
};

conformance(
  '[sig-api-machinery] ValidatingAdmissionPolicy [Privileged:ClusterAdmin] should validate against a Deployment',
  async (t, api) => {
    await bound(api, {
      validations: [
        {
          expression: 'object.spec.replicas > 1',
          messageExpression: "'wants replicas > 1, got ' + object.spec.replicas",
        },
        {
          expression: `namespaceObject.metadata.name == '${api.namespace}'`,
          message: 'another one',
        },
      ],
    });
    const name = `${api.namespace}.example.com`;
    t.match(await api.expect(422, 'POST', api.in('apps/deployments'), replicated('marker', 1)), {
      reason: 'Invalid',
      // The expression adds a number to a text: the rule is shown instead.
      message: `deployments.apps "marker" is forbidden: ValidatingAdmissionPolicy '${name}' with binding '${name}' denied request: failed expression: object.spec.replicas > 1`,
    });
    await api.expect(201, 'POST', api.in('apps/deployments'), replicated('two', 2));
    await api.expect(201, 'POST', api.in('apps/replicasets'), replicated('one', 1, 'ReplicaSet'));
  },
);

conformance(
  '[sig-api-machinery] ValidatingAdmissionPolicy [Privileged:ClusterAdmin] should allow expressions to refer variables.',
  async (t, api) => {
    await bound(api, {
      variables: [
        { name: 'replicas', expression: 'object.spec.replicas' },
        { name: 'oddReplicas', expression: 'variables.replicas % 2 == 1' },
      ],
      validations: [
        { expression: 'variables.replicas > 1' },
        { expression: 'variables.oddReplicas' },
      ],
    });
    const url = api.in('apps/deployments');
    t.match(await api.expect(422, 'POST', url, replicated('marker', 1)), {
      message: /denied request: failed expression: variables\.replicas > 1$/,
    });
    t.match(await api.expect(422, 'POST', url, replicated('two', 2)), {
      message: /denied request: failed expression: variables\.oddReplicas$/,
    });
    await api.expect(201, 'POST', url, replicated('three', 3));
    await api.expect(201, 'POST', api.in('apps/replicasets'), replicated('one', 1, 'ReplicaSet'));
  },
);
