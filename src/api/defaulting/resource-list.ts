import type { V1ResourceRequirements } from '../generated/types.js';
import { formatQuantity, parseQuantity, quantityValue } from '../quantity.js';

const MILLI = -3;

/** Writes amounts as Kubernetes does after decoding: canonical, and rounded up to thousandths. */
export function setResourceListDefaults(list: Record<string, string> | undefined): void {
  if (list === undefined) return;
  for (const [name, text] of Object.entries(list)) {
    const parsed = parseQuantity(text);
    if (!parsed.ok) continue;
    const amount = parsed.value;
    const rounded =
      amount.exponent >= MILLI
        ? amount
        : { ...amount, unscaled: quantityValue(amount, MILLI), exponent: MILLI };
    list[name] = formatQuantity(rounded);
  }
}

export function setRequirementsDefaults(resources: V1ResourceRequirements | undefined): void {
  if (resources === undefined) return;
  setResourceListDefaults(resources.limits);
  setResourceListDefaults(resources.requests);
}

/** What is limited and not requested is requested as far as it is limited. */
export function setRequestsFromLimits(resources: V1ResourceRequirements | undefined): void {
  if (resources?.limits === undefined) return;
  resources.requests = { ...resources.limits, ...resources.requests };
}
