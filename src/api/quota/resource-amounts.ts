import { addQuantities, compareQuantities, formatQuantity } from '../quantity.js';
import { parseQuantity, quantityFromNumber, subtractQuantities } from '../quantity.js';
import type { Quantity } from '../quantity.js';

/** Amounts by the names that quotas have for them: `requests.cpu`, `pods`, `count/deployments.apps`. */
export type ResourceAmounts = ReadonlyMap<string, Quantity>;

const ZERO = quantityFromNumber(0);

/** What cannot be read counts as nothing: the API server lets none in. */
export function readAmounts(list: Readonly<Record<string, string>> | undefined): ResourceAmounts {
  const amounts = new Map<string, Quantity>();
  for (const [name, text] of Object.entries(list ?? {})) {
    const parsed = parseQuantity(text);
    if (parsed.ok) amounts.set(name, parsed.value);
  }
  return amounts;
}

export function writeAmounts(amounts: ResourceAmounts): Record<string, string> {
  return Object.fromEntries([...amounts].map(([name, amount]) => [name, formatQuantity(amount)]));
}

export function countsOf(counts: Readonly<Record<string, number>>): Map<string, Quantity> {
  return new Map(
    Object.entries(counts).map(([name, count]) => [name, quantityFromNumber(count)] as const),
  );
}

export function sumOfAmounts(a: ResourceAmounts, b: ResourceAmounts): Map<string, Quantity> {
  const sum = new Map(a);
  for (const [name, amount] of b) sum.set(name, addQuantities(sum.get(name) ?? ZERO, amount));
  return sum;
}

/** Of each the larger. */
export function largestAmounts(a: ResourceAmounts, b: ResourceAmounts): Map<string, Quantity> {
  const largest = new Map(a);
  for (const [name, amount] of b) {
    const known = largest.get(name);
    if (known === undefined || compareQuantities(amount, known) > 0) largest.set(name, amount);
  }
  return largest;
}

/** Those of the names that `has`. */
export function maskedAmounts(
  amounts: ResourceAmounts,
  mask: { has(name: string): boolean },
): Map<string, Quantity> {
  return new Map([...amounts].filter(([name]) => mask.has(name)));
}

/** By how much more is used now than before; nothing of what did not grow. */
export function growthOf(now: ResourceAmounts, before: ResourceAmounts): Map<string, Quantity> {
  const growth = new Map<string, Quantity>();
  for (const [name, amount] of now) {
    const more = subtractQuantities(amount, before.get(name) ?? ZERO);
    if (more.unscaled > 0n) growth.set(name, more);
  }
  return growth;
}

export function sameAmounts(a: ResourceAmounts, b: ResourceAmounts): boolean {
  return (
    a.size === b.size &&
    [...a].every(([name, amount]) => {
      const other = b.get(name);
      return other !== undefined && compareQuantities(amount, other) === 0;
    })
  );
}

/** `cpu=1,memory=2Gi`: how refusals write them. */
export function amountsText(amounts: ResourceAmounts): string {
  return [...amounts]
    .map(([name, amount]) => `${name}=${formatQuantity(amount)}`)
    .sort()
    .join(',');
}
