import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import { goQuote } from '../go-quote.js';
import { parseRequirements } from './label-parser.js';
import type { LabelRequirement, Labels } from './label-requirement.js';
import { newRequirement, requirementMatches, sortedByKey } from './label-requirement.js';

/** meta/v1 LabelSelector: what `spec.selector` of the workloads is. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

export interface LabelSelectorRequirement {
  readonly key?: string;
  /** `In`, `NotIn`, `Exists` or `DoesNotExist`. */
  readonly operator?: string;
  readonly values?: readonly string[];
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

const NOTHING: LabelSelectorMatcher = { requirements: [], everything: false, matches: () => false };

const OPERATORS: Readonly<Record<string, LabelRequirement['operator']>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

const NO_LABELS: Labels = {};

/** Reads `app=web,tier in (a,b),!old`. The error is Kubernetes' text. */
export function parseLabelSelector(text: string): Result<LabelSelectorMatcher, string> {
  if (text === '') return ok(EVERYTHING);
  const requirements = parseRequirements(text);
  return requirements.ok ? ok(matcherOf(requirements.value)) : requirements;
}

/** A selector object as a matcher: undefined matches nothing, an empty one everything. */
export function labelSelectorFromObject(
  selector: LabelSelector | undefined,
): Result<LabelSelectorMatcher, string> {
  if (selector === undefined) return ok(NOTHING);
  const requirements: LabelRequirement[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    const requirement = newRequirement(key, '=', [value]);
    if (!requirement.ok) return requirement;
    requirements.push(requirement.value);
  }
  for (const { key = '', operator = '', values = [] } of selector.matchExpressions ?? []) {
    const known = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    if (known === undefined) {
      return failed(`${goQuote(operator)} is not a valid label selector operator`);
    }
    const requirement = newRequirement(key, known, values);
    if (!requirement.ok) return requirement;
    requirements.push(requirement.value);
  }
  return ok(matcherOf(requirements));
}

/** A plain map of labels, as a Service has for its selector. */
export function labelSelectorFromLabels(labels: Labels): LabelSelectorMatcher {
  return matcherOf(
    Object.entries(labels).map(([key, value]) => ({ key, operator: '=', values: [value] })),
  );
}

const INFIX: Readonly<Record<LabelRequirement['operator'], string>> = {
  in: ' in ',
  notin: ' notin ',
  '=': '=',
  '==': '==',
  '!=': '!=',
  gt: '>',
  lt: '<',
  exists: '',
  '!': '',
};

/** A selector as text, as kubectl shows it: `app=web,tier in (a,b)`. */
export function labelSelectorText(matcher: LabelSelectorMatcher): string {
  return matcher.requirements.map(requirementText).join(',');
}

function requirementText({ key, operator, values }: LabelRequirement): string {
  const text = [...values].sort().join(',');
  const shown = operator === 'in' || operator === 'notin' ? `(${text})` : text;
  return `${operator === '!' ? '!' : ''}${key}${INFIX[operator]}${shown}`;
}

function matcherOf(unsorted: readonly LabelRequirement[]): LabelSelectorMatcher {
  if (unsorted.length === 0) return EVERYTHING;
  const requirements = sortedByKey(unsorted);
  return {
    requirements,
    everything: false,
    matches: (labels = NO_LABELS) => requirements.every((each) => requirementMatches(each, labels)),
  };
}
