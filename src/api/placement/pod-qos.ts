import { compareQuantities, parseQuantity, quantityFromNumber } from '../quantity.js';

interface Requirements {
  readonly requests?: Readonly<Record<string, string | number>>;
  readonly limits?: Readonly<Record<string, string | number>>;
}
interface PodSpecPart {
  readonly containers?: readonly { readonly resources?: Requirements }[];
  readonly initContainers?: readonly { readonly resources?: Requirements }[];
}

const COUNTED = ['cpu', 'memory'];
const ZERO = quantityFromNumber(0);

/**
 * Guaranteed: every container limits cpu and memory and requests as much. BestEffort: none asks for any of them.
 * Burstable: the rest (pkg/apis/core/helper/qos).
 */
export function podQosClass(spec: unknown): string {
  const { containers = [], initContainers = [] } = (spec ?? {}) as PodSpecPart;
  const all = [...containers, ...initContainers].map((container) => container.resources ?? {});
  const asks = all.some(({ requests, limits }) => asksForAny(requests) || asksForAny(limits));
  if (!asks) return 'BestEffort';
  return all.every(isGuaranteed) ? 'Guaranteed' : 'Burstable';
}

function asksForAny(list: Requirements['requests']): boolean {
  return COUNTED.some((name) => list?.[name] !== undefined && !sameAmount(list[name], 0));
}

function isGuaranteed({ requests, limits }: Requirements): boolean {
  return COUNTED.every((name) => {
    const limit = limits?.[name];
    return (
      limit !== undefined && !sameAmount(limit, 0) && sameAmount(requests?.[name] ?? limit, limit)
    );
  });
}

/** Text that is no quantity equals only itself: validation refuses it later. */
function sameAmount(a: string | number, b: string | number): boolean {
  const left = parseQuantity(String(a));
  const right = b === 0 ? { ok: true as const, value: ZERO } : parseQuantity(String(b));
  if (!left.ok || !right.ok) return a === b;
  return compareQuantities(left.value, right.value) === 0;
}
