import type { KubernetesObject } from '../../../api/index.js';
import type { Strategy } from './strategy.js';

/** What of an object `metadata.generation` counts. */
export function withGeneration(part = 'spec'): Strategy {
  return { generationOf: (object) => object[part] };
}

/** Its status is not the creator's to set; it begins as `status`. */
export function withStatus(strategy: Strategy = {}, status: object = {}): Strategy {
  return {
    ...strategy,
    prepareForCreate(object) {
      object['status'] = { ...status };
    },
  };
}

export function resetStatus(object: KubernetesObject): void {
  object['status'] = {};
}
