import { DYN } from '../cel/index.js';
import type { Value } from '../cel/index.js';
import type { V1MatchCondition } from '../generated/types.js';
import { CALL_COST_MAX, OUT_OF_BUDGET, resultedInError } from './budget.js';
import { compileExpression } from './compile-expression.js';
import type { CompiledExpression } from './compile-expression.js';
import { declareVariables } from './expression-types.js';

/** What all conditions of a webhook or policy may cost (apiserver, celconfig). */
const CONDITIONS_COST_MAX = 2_500_000;

/** With what conditions are written: those of webhooks, and of policies without and with parameters. */
const PLAIN = declareVariables({ authorizer: true });
const WITH_PARAMS = declareVariables({ authorizer: true, params: DYN });

/** Reads a condition. The error is as Kubernetes tells it. */
export function compileCondition(expression: string, hasParams = false): CompiledExpression {
  return compileExpression(expression, hasParams ? WITH_PARAMS : PLAIN, 'bool');
}

export function compileConditions(
  conditions: readonly V1MatchCondition[],
  hasParams = false,
): readonly CompiledExpression[] {
  return conditions.map(({ expression }) => compileCondition(expression.trim(), hasParams));
}

/**
 * `excluded`: one condition does not hold, whatever is wrong with others. `failed`: none says no, and some could not be
 * evaluated; it is the failurePolicy that then decides (KEP-3716).
 */
export type ConditionOutcome =
  | { readonly type: 'matched' | 'excluded' }
  | { readonly type: 'failed'; readonly message: string };

export function evaluateConditions(
  conditions: readonly CompiledExpression[],
  variables: (name: string) => Value | undefined,
): ConditionOutcome {
  const errors: string[] = [];
  let excluded = false;
  let budget = CONDITIONS_COST_MAX;
  for (const { expression, program } of conditions) {
    const outcome = program.ok
      ? program.value.run(variables, CALL_COST_MAX)
      : ({ type: 'error', message: program.error, cost: 0 } as const);
    budget -= outcome.cost;
    if (budget < 0) return { type: 'failed', message: OUT_OF_BUDGET };
    if (outcome.type === 'error') errors.push(resultedInError(expression, outcome.message));
    else if (outcome.value !== true) excluded = true;
  }
  if (excluded) return { type: 'excluded' };
  const [first] = errors;
  if (first === undefined) return { type: 'matched' };
  return { type: 'failed', message: errors.length === 1 ? first : `[${errors.join(', ')}]` };
}
