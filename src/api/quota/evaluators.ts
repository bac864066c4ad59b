import type { CountedResource, QuotaEvaluator } from './evaluator.js';
import {
  claimEvaluator,
  deviceClaimEvaluator,
  objectCount,
  serviceEvaluator,
} from './object-usage.js';
import { podEvaluator } from './pod-usage.js';

const OWN = [podEvaluator, serviceEvaluator, claimEvaluator, deviceClaimEvaluator];

/** How the objects of a resource are measured; undefined: no quota has ever counted them. */
export function quotaEvaluatorOf(resource: CountedResource): QuotaEvaluator | undefined {
  // The same events, in two groups.
  if (resource.resource === 'events' && ['', 'events.k8s.io'].includes(resource.group))
    return undefined;
  const own = OWN.find(({ resource: { group, resource: plural } }) => {
    return group === resource.group && plural === resource.resource;
  });
  return own ?? objectCount({ group: resource.group, resource: resource.resource });
}
