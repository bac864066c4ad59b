import type { KubernetesObject } from '../../api/index.js';
import { copyJson, jsonEqual } from '../registry/json-value.js';

/** The two runs that mutating admission has about a write at most (apiserver, admission.ReinvocationContext). */
export interface Rounds {
  /** All was asked once; now those are whose `reinvocationPolicy` says so. */
  isSecond: boolean;
  /** A policy or a webhook changed the object: all of admission runs again, once. */
  changed: boolean;
  readonly policies: Reinvocation;
  readonly webhooks: Reinvocation;
}

/** Who is to be asked once more when an object was changed, among the policies or the webhooks. */
export interface Reinvocation {
  /** Those who want to see changes that others made after them, and were asked since the last one. */
  readonly invoked: Set<string>;
  readonly due: Set<string>;
  /** The object as they left it. Undefined: nobody wants to see what becomes of it. */
  output: KubernetesObject | undefined;
}

export function newRounds(): Rounds {
  const none = (): Reinvocation => ({ invoked: new Set(), due: new Set(), output: undefined });
  return { isSecond: false, changed: false, policies: none(), webhooks: none() };
}

export function requireAll({ invoked, due }: Reinvocation): void {
  for (const id of invoked) due.add(id);
  invoked.clear();
}

/** What others made of the object since the first round is a change, too. */
export function beginRound(
  { isSecond }: Rounds,
  reinvocation: Reinvocation,
  object: KubernetesObject | undefined,
): void {
  const { output } = reinvocation;
  if (isSecond && output !== undefined && !jsonEqual(output, object)) requireAll(reinvocation);
}

export function endRound(reinvocation: Reinvocation, object: KubernetesObject | undefined): void {
  reinvocation.output = reinvocation.invoked.size > 0 ? copyJson(object ?? {}) : undefined;
}
