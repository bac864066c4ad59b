import type { V1Pod, V1PodSpec } from '../api/index.js';
import { parseQuantity, quantityValue } from '../api/index.js';

/** Amounts by resource: `cpu` in thousandths of a core, all others in whole units (bytes, pieces). */
export type Amounts = ReadonlyMap<string, number>;

type QuantityMap = Readonly<Record<string, string>> | undefined;

/** Quantities that cannot be read count as nothing: the API server lets none in. */
export function amountsOf(quantities: QuantityMap): Amounts {
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

const NOTHING: Amounts = new Map();

/**
 * What a pod needs at once: the sum of its containers and sidecars, or the largest of its init containers (each together
 * with the sidecars that were started before it), whichever is more, plus its overhead (KEP-753).
 */
export function podRequests(pod: V1Pod): Amounts {
  const spec: Partial<V1PodSpec> = pod.spec ?? {};
  let running = NOTHING;
  for (const container of spec.containers ?? [])
    running = addAmounts(running, amountsOf(container.resources?.requests));
  let sidecars = NOTHING;
  let starting = NOTHING;
  for (const container of spec.initContainers ?? []) {
    const own = addAmounts(sidecars, amountsOf(container.resources?.requests));
    if (container.restartPolicy === 'Always') sidecars = own;
    starting = combine(starting, own, Math.max);
  }
  const peak = combine(addAmounts(running, sidecars), starting, Math.max);
  return addAmounts(peak, amountsOf(spec.overhead));
}
