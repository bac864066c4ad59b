import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import { labelKeyProblems, labelValueProblems } from '../validation/names.js';
import type { FieldError } from '../validation/field-error.js';
import { formatFieldErrorBody, invalid } from '../validation/field-error.js';

export type Labels = Readonly<Record<string, string>>;

export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt';
  /** One for the equalities and comparisons, none for `exists` and `!`. */
  readonly values: readonly string[];
}

/** A 64-bit integer as Go's ParseInt takes it. */
const INTEGER = /^[+-]?[0-9]{1,19}$/;

export function newRequirement(
  key: string,
  operator: LabelRequirement['operator'],
  values: readonly string[],
): Result<LabelRequirement, string> {
  const errors: FieldError[] = [];
  const keyProblems = labelKeyProblems(key);
  if (keyProblems.length > 0) errors.push(invalid('key', key, keyProblems.join('; ')));
  errors.push(...countErrors(operator, values));
  values.forEach((value, index) => {
    const problems = labelValueProblems(value);
    const field = `values[${String(index)}][${key}]`;
    if (problems.length > 0) errors.push(invalid(field, value, problems.join('; ')));
  });
  return errors.length === 0 ? ok({ key, operator, values }) : failed(aggregateText(errors));
}

/** One error as it is; several in brackets, each once. */
function aggregateText(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map((each) => `${each.field}: ${formatFieldErrorBody(each)}`))];
  return texts.length === 1 ? texts.join('') : `[${texts.join(', ')}]`;
}

function countErrors(
  operator: LabelRequirement['operator'],
  values: readonly string[],
): FieldError[] {
  switch (operator) {
    case 'in':
    case 'notin':
      return values.length > 0
        ? []
        : [invalid('values', values, "for 'in', 'notin' operators, values set can't be empty")];
    case '=':
    case '==':
    case '!=':
      return values.length === 1
        ? []
        : [invalid('values', values, 'exact-match compatibility requires one single value')];
    case 'exists':
    case '!':
      return values.length === 0
        ? []
        : [invalid('values', values, 'values set must be empty for exists and does not exist')];
    case 'gt':
    case 'lt':
      return comparisonErrors(values);
  }
}

function comparisonErrors(values: readonly string[]): FieldError[] {
  const errors: FieldError[] = [];
  if (values.length !== 1) {
    errors.push(
      invalid('values', values, "for 'Gt', 'Lt' operators, exactly one value is required"),
    );
  }
  values.forEach((value, index) => {
    if (INTEGER.test(value)) return;
    const text = "for 'Gt', 'Lt' operators, the value must be an integer";
    errors.push(invalid(`values[${String(index)}]`, value, text));
  });
  return errors;
}

export function requirementMatches(requirement: LabelRequirement, labels: Labels): boolean {
  const { key, values } = requirement;
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (requirement.operator) {
    case 'in':
    case '=':
    case '==':
      return value !== undefined && values.includes(value);
    case 'notin':
    case '!=':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
    case 'lt':
      return comparisonMatches(requirement, value);
  }
}

function comparisonMatches(requirement: LabelRequirement, value: string | undefined): boolean {
  const limit = requirement.values[0];
  if (value === undefined || limit === undefined || !INTEGER.test(value)) return false;
  return requirement.operator === 'gt'
    ? BigInt(value) > BigInt(limit)
    : BigInt(value) < BigInt(limit);
}

export function sortedByKey(
  requirements: readonly LabelRequirement[],
): readonly LabelRequirement[] {
  if (requirements.length < 2) return requirements;
  return [...requirements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
