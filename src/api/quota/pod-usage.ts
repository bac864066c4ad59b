import type { V1Container, V1Pod, V1PodSpec } from '../generated/types.js';
import type { Quantity } from '../quantity.js';
import { countsOf, largestAmounts, maskedAmounts } from './resource-amounts.js';
import { readAmounts, sumOfAmounts } from './resource-amounts.js';
import type { ResourceAmounts } from './resource-amounts.js';
import type { QuotaEvaluator } from './evaluator.js';
import { isPodInScope } from './scopes.js';

const REQUESTS = 'requests.';
const HUGE_PAGES = 'hugepages-';

/** What is limited by its own name, as a request and as a limit. */
const COMPUTE: readonly string[] = ['cpu', 'memory', 'ephemeral-storage'];
const NAMES: ReadonlySet<string> = new Set([
  'count/pods',
  'pods',
  ...COMPUTE.flatMap((name) => [name, `${REQUESTS}${name}`, `limits.${name}`]),
]);
/** Where one of these is limited, each container must say how much of it it wants. */
const TO_BE_SAID: ReadonlySet<string> = new Set(
  ['cpu', 'memory'].flatMap((name) => [name, `${REQUESTS}${name}`, `limits.${name}`]),
);

/** `example.com/gpu`: not one of Kubernetes' own resources. */
function isExtended(name: string): boolean {
  return name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith(REQUESTS);
}

/** Pods (core podEvaluator). */
export const podEvaluator: QuotaEvaluator = {
  resource: { group: '', resource: 'pods' },
  countsOnly: false,
  growsBy: ['resize'],
  measures: (name) =>
    NAMES.has(name) ||
    name.startsWith(HUGE_PAGES) ||
    name.startsWith(`${REQUESTS}${HUGE_PAGES}`) ||
    (name.startsWith(REQUESTS) && isExtended(name.slice(REQUESTS.length))),
  usage: (object, wallMs) => podUsage(object as V1Pod, wallMs),
  isInScope: (scope, object) => isPodInScope(scope, object as V1Pod),
  unsaid: (names, object) => unsaidOf(names, object as V1Pod),
};

/** `count/pods` is of all that are stored; everything else of those that have not ended. */
function podUsage(pod: V1Pod, wallMs: number): ResourceAmounts {
  const stored = countsOf({ 'count/pods': 1 });
  if (hasEnded(pod, wallMs)) return stored;
  return sumOfAmounts(stored, computeUsage(requestsOf(pod.spec), limitsOf(pod.spec)));
}

/** One that should have ended by now is on a node that is lost: nobody is to pay for it. */
function hasEnded({ metadata, status }: V1Pod, wallMs: number): boolean {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return true;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata ?? {};
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return false;
  return wallMs > Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1_000;
}

function computeUsage(requests: ResourceAmounts, limits: ResourceAmounts): Map<string, Quantity> {
  const usage = countsOf({ pods: 1 });
  for (const [name, amount] of requests) {
    const ownName = COMPUTE.includes(name) || name.startsWith(HUGE_PAGES);
    if (ownName) usage.set(name, amount);
    if (ownName || isExtended(name)) usage.set(`${REQUESTS}${name}`, amount);
  }
  for (const [name, amount] of limits)
    if (COMPUTE.includes(name)) usage.set(`limits.${name}`, amount);
  return usage;
}

function requestsOf(spec: V1PodSpec | undefined): ResourceAmounts {
  return sumOfAmounts(askedBy(spec, 'requests'), readAmounts(spec?.overhead));
}

/** The overhead counts where there is a limit: no limit is not a limit of zero. */
function limitsOf(spec: V1PodSpec | undefined): ResourceAmounts {
  const limits = askedBy(spec, 'limits');
  return sumOfAmounts(limits, maskedAmounts(readAmounts(spec?.overhead), limits));
}

/**
 * All containers and sidecars together, or, where that is more, an init container with the sidecars before it (KEP-753).
 * What the pod says for all of them stands in its place (KEP-2837).
 */
function askedBy(spec: V1PodSpec | undefined, kind: 'requests' | 'limits'): ResourceAmounts {
  const asked = ({ resources }: V1Container): ResourceAmounts => readAmounts(resources?.[kind]);
  let sidecars: ResourceAmounts = new Map();
  let peak: ResourceAmounts = new Map();
  for (const container of spec?.initContainers ?? []) {
    const withSidecars = sumOfAmounts(sidecars, asked(container));
    if (container.restartPolicy === 'Always') sidecars = withSidecars;
    peak = largestAmounts(peak, withSidecars);
  }
  let running: ResourceAmounts = new Map();
  for (const container of spec?.containers ?? []) running = sumOfAmounts(running, asked(container));
  const needed = largestAmounts(sumOfAmounts(running, sidecars), peak);
  const ofPod = { has: (name: string) => isOfPod(name) };
  for (const [name, amount] of maskedAmounts(readAmounts(spec?.resources?.[kind]), ofPod))
    needed.set(name, amount);
  return needed;
}

function isOfPod(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith(HUGE_PAGES);
}

/** A pod that speaks for all its containers has said enough. */
function unsaidOf(names: readonly string[], { spec }: V1Pod): string | undefined {
  const { requests, limits } = spec?.resources ?? {};
  if ([requests, limits].some((list) => Object.keys(list ?? {}).some(isOfPod))) return undefined;
  const required = names.filter((name) => TO_BE_SAID.has(name));
  const missing = new Map<string, Set<string>>();
  for (const { name, resources } of [
    ...(spec?.containers ?? []),
    ...(spec?.initContainers ?? []),
  ]) {
    const said = computeUsage(readAmounts(resources?.requests), readAmounts(resources?.limits));
    for (const each of required)
      if (!said.has(each)) missing.set(each, (missing.get(each) ?? new Set()).add(name));
  }
  if (missing.size === 0) return undefined;
  return [...missing.keys()]
    .sort()
    .map((name) => `${name} for: ${[...(missing.get(name) ?? [])].sort().join(',')}`)
    .join('; ');
}
