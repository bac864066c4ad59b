import type { Outcome } from '../outcome.js';
import { ADMITTED } from './admission.js';
import type { AdmissionAttributes, AdmissionChain, AdmissionPlugin } from './admission.js';
import type { AdmissionPolicies } from './policies/admission-policies.js';
import type { AdmissionWebhooks } from './webhooks/admission-webhooks.js';
import { newReinvocation } from './webhooks/mutate.js';

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

  /** What a webhook changed is admitted once more: by all plug-ins, and by the webhooks that want to see it. */
  async function askMutating(
    attributes: AdmissionAttributes,
    between: (attributes: AdmissionAttributes) => Promise<Outcome<undefined>>,
  ): Promise<Outcome<undefined>> {
    const round = newReinvocation();
    const first = await webhooks.mutate(attributes, round);
    if (!first.ok || !round.changed) return first;
    const again = await between(attributes);
    return again.ok ? await webhooks.mutate(attributes, round) : again;
  }

  /** By what people have configured, whatever the write is. */
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
    async admit(attributes) {
      const admitted = await admitAll(attributes);
      if (!admitted.ok || !webhooks.mutates(attributes)) return admitted;
      return await askMutating(attributes, admitAll);
    },
    async validate(attributes) {
      for (const plugin of plugins) {
        const outcome = await plugin.validate?.(attributes);
        if (outcome?.ok === false) return outcome;
      }
      return await validateConfigured(attributes);
    },
    async review(attributes) {
      if (webhooks.mutates(attributes)) {
        const admitted = await askMutating(attributes, () => Promise.resolve(ADMITTED));
        if (!admitted.ok) return admitted;
      }
      return await validateConfigured(attributes);
    },
  };
}
