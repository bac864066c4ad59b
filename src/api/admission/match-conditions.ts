import type { Program } from '../cel/index.js';
import { compile } from '../cel/index.js';
import type { Result } from '../../base/index.js';
import { failed } from '../../base/index.js';
import type { V1MatchCondition } from '../generated/types.js';
import type { KubernetesObject } from '../object.js';
import { dynamicValue } from './dynamic-value.js';
import { CONDITION_VARIABLES } from './request-types.js';
import type { AdmissionRequest } from './review.js';

/** What one call, and what all conditions of a webhook may cost (apiserver, celconfig). */
const CALL_COST_MAX = 1_000_000;
const CONDITIONS_COST_MAX = 2_500_000;
const BUDGET_TEXT =
  'validation failed due to running out of cost budget, no further validation rules will be run';

/** A condition that was read and checked, or why it could not be. */
export interface CompiledCondition {
  readonly expression: string;
  readonly program: Result<Program, string>;
}

/** Reads a condition. The error is as Kubernetes tells it. */
export function compileCondition(expression: string): CompiledCondition {
  const compiled = compile(expression, CONDITION_VARIABLES);
  if (!compiled.ok) return { expression, program: failed(`compilation failed: ${compiled.error}`) };
  return compiled.value.type.kind === 'bool'
    ? { expression, program: compiled }
    : { expression, program: failed('must evaluate to bool') };
}

export function compileConditions(
  conditions: readonly V1MatchCondition[],
): readonly CompiledCondition[] {
  return conditions.map(({ expression }) => compileCondition(expression.trim()));
}

/** What conditions are asked about. */
export interface ConditionSubject {
  readonly request: AdmissionRequest;
  readonly object: KubernetesObject | undefined;
  readonly oldObject: KubernetesObject | undefined;
}

/**
 * `excluded`: one condition does not hold, whatever is wrong with others. `failed`: none says no, and some could not be
 * evaluated; it is the failurePolicy that then decides (KEP-3716).
 */
export type ConditionOutcome =
  | { readonly type: 'matched' | 'excluded' }
  | { readonly type: 'failed'; readonly message: string };

export function evaluateConditions(
  conditions: readonly CompiledCondition[],
  subject: ConditionSubject,
): ConditionOutcome {
  const variables = (name: string) => {
    if (name === 'request') return dynamicValue(withoutObjects(subject.request));
    return dynamicValue(name === 'object' ? subject.object : subject.oldObject);
  };
  const errors: string[] = [];
  let excluded = false;
  let budget = CONDITIONS_COST_MAX;
  for (const { expression, program } of conditions) {
    const outcome = program.ok
      ? program.value.run(variables, CALL_COST_MAX)
      : ({ type: 'error', message: program.error, cost: 0 } as const);
    budget -= outcome.cost;
    if (budget < 0) return { type: 'failed', message: BUDGET_TEXT };
    if (outcome.type === 'error')
      errors.push(`expression '${expression}' resulted in error: ${outcome.message}`);
    else if (outcome.value !== true) excluded = true;
  }
  if (excluded) return { type: 'excluded' };
  const [first] = errors;
  if (first === undefined) return { type: 'matched' };
  return { type: 'failed', message: errors.length === 1 ? first : `[${errors.join(', ')}]` };
}

/** The objects are variables of their own. */
function withoutObjects(request: AdmissionRequest): object {
  const { object: _object, oldObject: _oldObject, ...rest } = request;
  return rest;
}
