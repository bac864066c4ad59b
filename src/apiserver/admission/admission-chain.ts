import type { Outcome } from '../outcome.js';
import { ADMITTED } from './admission.js';
import type { AdmissionAttributes, AdmissionChain, AdmissionPlugin } from './admission.js';
import type { AdmissionPolicies } from './policies/admission-policies.js';
import { newRounds } from './reinvocation.js';
import type { Rounds } from './reinvocation.js';
import type { AdmissionWebhooks } from './webhooks/admission-webhooks.js';

/** The plug-ins, and after them the policies and the webhooks. */
export function admissionChain(
  plugins: readonly AdmissionPlugin[],
  policies: AdmissionPolicies,
  webhooks: AdmissionWebhooks,
): AdmissionChain {
  async function admitAll(attributes: AdmissionAttributes): Promise<Outcome<undefined>> {
    for (const plugin of plugins) {
      const outcome = await plugin.admit?.(attributes);
      if (outcome?.ok === false) return outcome;
    }
    return ADMITTED;
  }

  const mutates = (attributes: AdmissionAttributes): boolean =>
    policies.mutates(attributes) || webhooks.mutates(attributes);

  /** By what people have configured, whatever the write is. */
  async function mutateOnce(
    attributes: AdmissionAttributes,
    rounds: Rounds,
  ): Promise<Outcome<undefined>> {
    const outcome = await policies.mutate(attributes, rounds);
    return outcome.ok ? await webhooks.mutate(attributes, rounds) : outcome;
  }

  /** What they changed is admitted once more: by all plug-ins, and by those that want to see it. */
  async function mutateConfigured(
    attributes: AdmissionAttributes,
    between: (attributes: AdmissionAttributes) => Promise<Outcome<undefined>>,
  ): Promise<Outcome<undefined>> {
    const rounds = newRounds();
    const first = await mutateOnce(attributes, rounds);
    if (!first.ok || !rounds.changed) return first;
    rounds.isSecond = true;
    const again = await between(attributes);
    return again.ok ? await mutateOnce(attributes, rounds) : again;
  }

  async function validateConfigured(attributes: AdmissionAttributes): Promise<Outcome<undefined>> {
    if (policies.validates(attributes)) {
      const outcome = await policies.validate(attributes);
      if (!outcome.ok) return outcome;
    }
    return webhooks.validates(attributes) ? await webhooks.validate(attributes) : ADMITTED;
  }

  return {
    get asksWebhooks() {
      return webhooks.configured;
    },
    get changesObjects() {
      return webhooks.configured || policies.mutating;
    },
    async admit(attributes) {
      const admitted = await admitAll(attributes);
      if (!admitted.ok || !mutates(attributes)) return admitted;
      return await mutateConfigured(attributes, admitAll);
    },
    async validate(attributes) {
      for (const plugin of plugins) {
        const outcome = await plugin.validate?.(attributes);
        if (outcome?.ok === false) return outcome;
      }
      return await validateConfigured(attributes);
    },
    async review(attributes) {
      if (mutates(attributes)) {
        const admitted = await mutateConfigured(attributes, () => Promise.resolve(ADMITTED));
        if (!admitted.ok) return admitted;
      }
      return await validateConfigured(attributes);
    },
  };
}
