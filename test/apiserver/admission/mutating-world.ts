import type { Answer } from '../api-world.js';
import { configMap } from '../manifests.js';
import { hookedWorld } from './hooked-world.js';

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
export const POLICIES = `${ADMISSION}/mutatingadmissionpolicies`;
export const BINDINGS = `${ADMISSION}/mutatingadmissionpolicybindings`;
export const MERGE = { type: 'application/merge-patch+json' };

export const started = hookedWorld();
let namespaces = 0;

export const annotate = (entries: string) => ({
  patchType: 'ApplyConfiguration',
  applyConfiguration: {
    expression: `Object{metadata: Object.metadata{annotations: {${entries}}}}`,
  },
});
export const patch = (...operations: string[]) => ({
  patchType: 'JSONPatch',
  jsonPatch: { expression: `[${operations.join(', ')}]` },
});
/** Counts how often it is carried out, in an annotation of the object. */
export const count = (name = 'n') =>
  annotate(`"${name}": string(int(object.metadata.annotations["${name}"]) + 1)`);

export interface PolicyOf {
  readonly spec: object;
  readonly bindings?: readonly object[];
}

/** A namespace of its own, with policies about what is in it. */
export async function governed(...policies: PolicyOf[]) {
  const { world } = await started;
  const namespace = `ns-${String(++namespaces)}`;
  await created('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { of: namespace, team: 'red' } },
  });
  for (const [index, { spec, bindings = [{}] }] of policies.entries()) {
    const policyName = `${namespace}-p${String(index)}`;
    const { matchConstraints = {}, ...rest } = spec as { matchConstraints?: object };
    const rules = [
      { apiGroups: ['', 'apps'], apiVersions: ['v1'], operations: ['*'], resources: ['*'] },
    ];
    const namespaceSelector = { matchLabels: { of: namespace } };
    await created(POLICIES, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingAdmissionPolicy',
      metadata: { name: policyName },
      spec: {
        reinvocationPolicy: 'Never',
        matchConstraints: { resourceRules: rules, namespaceSelector, ...matchConstraints },
        ...rest,
      },
    });
    for (const [at, binding] of bindings.entries())
      await created(BINDINGS, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingAdmissionPolicyBinding',
        metadata: { name: `${policyName}-b${String(at)}` },
        spec: { policyName, ...binding },
      });
  }
  await world.advance(100);
  const inside = `/api/v1/namespaces/${namespace}`;
  return {
    namespace,
    inside,
    write: async (name: string, annotations: Record<string, string> = {}, data = {}) =>
      await world.http('POST', `${inside}/configmaps`, configMap(name, data, { annotations })),
  };
}

export async function created(url: string, object: object): Promise<void> {
  const { world } = await started;
  const answer = await world.http('POST', url, object);
  if (answer.status !== 201) throw new Error(answer.text);
}

export const messageOf = ({ body }: Answer): unknown => body['message'];
export const annotationsOf = ({ body }: Answer): unknown => body.metadata?.annotations;
export const denied = (namespace: string, message: string, index = 0): string => {
  const policy = `${namespace}-p${String(index)}`;
  return `policy '${policy}' with binding '${policy}-b0' denied request: ${message}`;
};
