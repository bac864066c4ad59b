import type { V1Pod } from '../generated/types.js';
import { parseQuantity, quantityValue } from '../quantity.js';

/** Amounts by resource: `cpu` in thousandths of a core, all others in whole units (bytes, pieces). */
export type Amounts = ReadonlyMap<string, number>;

/** Quantities that cannot be read count as nothing: the API server lets none in. */
export function amountsOf(quantities: Readonly<Record<string, string>> | undefined): Amounts {
  const amounts = new Map<string, number>();
  for (const [resource, text] of Object.entries(quantities ?? {})) {
    const parsed = parseQuantity(text);
    if (parsed.ok)
      amounts.set(resource, Number(quantityValue(parsed.value, resource === 'cpu' ? -3 : 0)));
  }
  return amounts;
}

export function addAmounts(a: Amounts, b: Amounts): Amounts {
  return combine(a, b, (left, right) => left + right);
}

export function subtractAmounts(a: Amounts, b: Amounts): Amounts {
  return combine(a, b, (left, right) => left - right);
}

function combine(
  a: Amounts,
  b: Amounts,
  operation: (left: number, right: number) => number,
): Amounts {
  const result = new Map(a);
  for (const [resource, amount] of b)
    result.set(resource, operation(result.get(resource) ?? 0, amount));
  return result;
}

/**
 * What a pod needs at once: all its containers and sidecars together, or, where that is more, an init container with the
 * sidecars before it; and the pod's overhead (KEP-753).
 */
export function podRequests({ spec }: V1Pod): Amounts {
  let sidecars: Amounts = new Map();
  let peak: Amounts = new Map();
  for (const container of spec?.initContainers ?? []) {
    const withSidecars = addAmounts(sidecars, amountsOf(container.resources?.requests));
    if (container.restartPolicy === 'Always') sidecars = withSidecars;
    peak = combine(peak, withSidecars, Math.max);
  }
  let running = sidecars;
  for (const container of spec?.containers ?? [])
    running = addAmounts(running, amountsOf(container.resources?.requests));
  return addAmounts(combine(running, peak, Math.max), amountsOf(spec?.overhead));
}
