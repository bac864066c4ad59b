import type { ApiResource, KubernetesObject } from '../../api/index.js';
import { ok } from '../../base/index.js';
import type { User } from '../authn.js';
import type { Outcome } from '../outcome.js';

/** A write on its way to the registry (admission.k8s.io). */
export interface AdmissionAttributes {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly resource: ApiResource;
  readonly subresource: string;
  readonly namespace: string;
  /** Empty while a name is still to be generated. */
  readonly name: string;
  /** The new object, which plug-ins that mutate may change; undefined for deletes. */
  readonly object: KubernetesObject | undefined;
  readonly old: KubernetesObject | undefined;
  readonly user: User;
}

/** One plug-in. Mutating ones run before validation; all may refuse. */
export interface AdmissionPlugin {
  readonly name: string;
  admit?(attributes: AdmissionAttributes): Outcome<undefined> | Promise<Outcome<undefined>>;
  validate?(attributes: AdmissionAttributes): Outcome<undefined> | Promise<Outcome<undefined>>;
}

export interface AdmissionChain {
  /** May change the object. */
  admit(attributes: AdmissionAttributes): Promise<Outcome<undefined>>;
  /** After the object's own validation. */
  validate(attributes: AdmissionAttributes): Promise<Outcome<undefined>>;
}

export const ADMITTED: Outcome<undefined> = ok(undefined);

export function admissionChain(plugins: readonly AdmissionPlugin[]): AdmissionChain {
  return {
    async admit(attributes) {
      for (const plugin of plugins) {
        const outcome = await plugin.admit?.(attributes);
        if (outcome?.ok === false) return outcome;
      }
      return ADMITTED;
    },
    async validate(attributes) {
      for (const plugin of plugins) {
        const outcome = await plugin.validate?.(attributes);
        if (outcome?.ok === false) return outcome;
      }
      return ADMITTED;
    },
  };
}
