import { RESOURCES, typeWarnings } from '../../../api/index.js';
import type {
  ApiResource,
  KubernetesObject,
  V1ValidatingAdmissionPolicySpec,
  V1ValidatingAdmissionPolicyStatus,
} from '../../../api/index.js';
import { jsonEqual } from '../json-value.js';
import type { Strategy } from './strategy.js';

interface Policy extends KubernetesObject {
  spec?: V1ValidatingAdmissionPolicySpec;
  status?: V1ValidatingAdmissionPolicyStatus;
}

/**
 * A ValidatingAdmissionPolicy is checked against the types that it is about in the write itself: in Kubernetes a controller does so
 * afterwards, and has no more to say. `custom` are the resources of definitions.
 */
export function admissionPolicyStrategy(custom: () => readonly ApiResource[]): Strategy {
  const statusFor = ({ spec }: Policy, generation: number): V1ValidatingAdmissionPolicyStatus => {
    const warnings = spec === undefined ? [] : typeWarnings(spec, [...RESOURCES, ...custom()]);
    return {
      observedGeneration: generation,
      typeChecking: warnings.length === 0 ? {} : { expressionWarnings: warnings },
    };
  };
  return {
    generationOf: (object) => object['spec'],
    prepareForCreate(object: Policy) {
      object.status = statusFor(object, 1);
    },
    prepareForUpdate(object: Policy, old: Policy) {
      if (jsonEqual(object.spec, old.spec)) return;
      const generation = (old.metadata?.generation ?? 0) + 1;
      object.status = { ...old.status, ...statusFor(object, generation) };
    },
  };
}
