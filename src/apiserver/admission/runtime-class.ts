import type { KubernetesObject, V1Pod, V1RuntimeClass } from '../../api/index.js';
import { ok } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { jsonEqual } from '../registry/json-value.js';
import { ADMITTED, forbiddenAs } from './admission.js';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.js';

/** Finds a RuntimeClass: in the cache, and where it is not there (yet), in the store. */
export type RuntimeClassLookup = (name: string) => Promise<Outcome<KubernetesObject | undefined>>;

/** RuntimeClass: a pod's class must be there; what the class says of overhead and placement is the pod's then. */
export function runtimeClassAdmission(lookup: RuntimeClassLookup): AdmissionPlugin {
  const reject = (attributes: AdmissionAttributes, detail: string): Outcome<never> =>
    refuse(forbiddenAs(attributes, detail));

  async function classOf(
    attributes: AdmissionAttributes,
    pod: V1Pod,
  ): Promise<Outcome<V1RuntimeClass | undefined>> {
    const name = pod.spec?.runtimeClassName;
    if (name === undefined) return ok(undefined);
    const found = await lookup(name);
    if (!found.ok) return found;
    return found.value === undefined
      ? reject(attributes, `pod rejected: RuntimeClass "${name}" not found`)
      : ok(found.value as unknown as V1RuntimeClass);
  }

  return {
    name: 'RuntimeClass',
    async admit(attributes) {
      const pod = createdPod(attributes);
      if (pod?.spec?.runtimeClassName === undefined) return ADMITTED;
      const found = await classOf(attributes, pod);
      if (!found.ok) return found;
      const { overhead, scheduling } = found.value ?? { overhead: undefined };
      if (overhead?.podFixed !== undefined) pod.spec.overhead ??= { ...overhead.podFixed };
      const selector = pod.spec.nodeSelector ?? {};
      for (const [key, value] of Object.entries(scheduling?.nodeSelector ?? {})) {
        const own = selector[key];
        if (own !== undefined && own !== value)
          return reject(
            attributes,
            `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`,
          );
        pod.spec.nodeSelector = { ...pod.spec.nodeSelector, [key]: value };
      }
      const own = pod.spec.tolerations ?? [];
      const added = (scheduling?.tolerations ?? []).filter(
        (each) => !own.some((there) => jsonEqual(there, each)),
      );
      if (added.length > 0) pod.spec.tolerations = [...own, ...added];
      return ADMITTED;
    },
    async validate(attributes) {
      const pod = createdPod(attributes);
      if (pod?.spec?.runtimeClassName === undefined && pod?.spec?.overhead === undefined)
        return ADMITTED;
      const found = await classOf(attributes, pod);
      if (!found.ok) return found;
      const wanted = found.value?.overhead?.podFixed;
      const { overhead } = pod.spec;
      if (wanted === undefined && overhead !== undefined)
        return reject(
          attributes,
          'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
        );
      if (wanted !== undefined && !sameAmounts(wanted, overhead ?? {}))
        return reject(
          attributes,
          "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
        );
      return ADMITTED;
    },
  };
}

/** Both are canonical, as what is decoded and stored is. */
function sameAmounts(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] === b[name]);
}

function createdPod(attributes: AdmissionAttributes): V1Pod | undefined {
  const { operation, resource, subresource, object } = attributes;
  const is = resource.group === '' && resource.resource === 'pods' && subresource === '';
  return is && operation === 'CREATE' ? (object as V1Pod | undefined) : undefined;
}
