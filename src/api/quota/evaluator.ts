import type { V1ScopedResourceSelectorRequirement } from '../generated/types.js';
import type { KubernetesObject } from '../object.js';
import type { ResourceAmounts } from './resource-amounts.js';

export interface CountedResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
}

/** What the objects of one resource use of what quotas limit (kube's quota.Evaluator). */
export interface QuotaEvaluator {
  readonly resource: CountedResource;
  /** Each object uses one of each, whatever is in it. */
  readonly countsOnly: boolean;
  /** The parts of an object (`main`, or a subresource) whose updates may make it use more. */
  readonly growsBy: readonly string[];
  /** Whether the objects use anything of what a quota calls so. */
  measures(name: string): boolean;
  /** The time matters for what should have ended by now. */
  usage(object: KubernetesObject, wallMs: number): ResourceAmounts;
  isInScope(scope: V1ScopedResourceSelectorRequirement, object: KubernetesObject): boolean;
  /** What an object has to say where these are limited, and does not: `limits.cpu for: a,b; memory for: a`. */
  unsaid?(names: readonly string[], object: KubernetesObject): string | undefined;
}

/** `count/deployments.apps`, `count/pods`: the name by which a quota counts objects of any resource. */
export function countName({ group, resource }: CountedResource): string {
  return group === '' ? `count/${resource}` : `count/${resource}.${group}`;
}
