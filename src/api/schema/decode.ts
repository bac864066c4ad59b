import type { KubernetesObject } from '../object.js';

export interface DecodedObject {
  /** What was sent, without the fields that its model does not have. Made of new objects. */
  readonly value: KubernetesObject;
  /** As Kubernetes writes them: `spec.template.spec.foo`, `spec.containers[0].imag`. */
  readonly unknownFields: readonly string[];
  /** In Kubernetes' words; where there is one, the object cannot be handled as its kind (400). */
  readonly errors: readonly string[];
}

/** Reads parsed JSON as an object of a model (`V1Pod`), as the API server reads a body or the result of a patch. */
export function decodeObject(model: string, json: unknown): DecodedObject {
  return { value: json as KubernetesObject, unknownFields: [], errors: [model] };
}
