import type { Result } from '../../base/index.js';
import { ok } from '../../base/index.js';

export type Labels = Readonly<Record<string, string>>;

/** meta/v1 LabelSelector: what `spec.selector` of the workloads is. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

export interface LabelSelectorRequirement {
  readonly key: string;
  /** `In`, `NotIn`, `Exists` or `DoesNotExist`. */
  readonly operator: string;
  readonly values?: readonly string[];
}

export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt';
  readonly values: readonly string[];
}

/** A selector that was read; requirements are sorted by key, and all must hold. */
export interface LabelSelectorMatcher {
  readonly requirements: readonly LabelRequirement[];
  /** Matches all objects. */
  readonly everything: boolean;
  matches(labels: Labels | undefined): boolean;
}

export const EVERYTHING: LabelSelectorMatcher = {
  requirements: [],
  everything: true,
  matches: () => true,
};

/** Reads `app=web,tier in (a,b),!old`. The error is Kubernetes' text. */
export function parseLabelSelector(_text: string): Result<LabelSelectorMatcher, string> {
  return ok(EVERYTHING);
}

/** A selector object as a matcher: undefined matches nothing, an empty one everything. */
export function labelSelectorFromObject(
  _selector: LabelSelector | undefined,
): Result<LabelSelectorMatcher, string> {
  return ok(EVERYTHING);
}
