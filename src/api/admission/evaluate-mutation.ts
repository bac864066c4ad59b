import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import { EvaluationError, itemsOf, kindOf } from '../cel/index.js';
import type { List, Message, Value } from '../cel/index.js';
import { isJsonObject } from '../scheme/json.js';
import { OUT_OF_BUDGET, POLICY_COST_MAX } from './budget.js';
import type { CompiledMutation, CompiledMutations } from './compile-mutations.js';
import { expressionValues } from './expression-values.js';
import type { ExpressionSubject } from './expression-values.js';
import { evaluateConditions } from './match-conditions.js';
import type { ConditionOutcome } from './match-conditions.js';
import { jsonOf, misplacedTypes, TOO_LARGE } from './patch-value.js';
import { createPhase } from './phase.js';

/** What a mutation wants of an object: JSON either way. */
export type MutationPatch =
  | { readonly type: 'configuration'; readonly config: Readonly<Record<string, unknown>> }
  /** RFC 6902. */
  | { readonly type: 'operations'; readonly operations: readonly object[] };

/** Whether a policy wants to change anything; conditions know no namespace. */
export function evaluateMutationConditions(
  { conditions }: CompiledMutations,
  subject: ExpressionSubject,
): ConditionOutcome {
  return evaluateConditions(conditions, expressionValues({ ...subject, namespace: undefined }));
}

/**
 * What one mutation of a policy comes to; each has a budget and variables of its own (apiserver, patch.Patcher). Pure; the subject's
 * `decide` may throw. The error is in the words of Kubernetes.
 */
export function evaluateMutation(
  { variables }: CompiledMutations,
  { patchType, expression }: CompiledMutation,
  subject: ExpressionSubject,
): Result<MutationPatch, string> {
  if (!expression.program.ok) return failed(expression.program.error);
  const phase = createPhase(variables, expressionValues(subject), POLICY_COST_MAX);
  const run = phase.run(expression);
  if (phase.isSpent) return failed(OUT_OF_BUDGET);
  if (run.type === 'error') return failed(run.message);
  try {
    return patchType === 'JSONPatch' ? operationsOf(run.value) : configurationOf(run.value);
  } catch (error) {
    if (error instanceof EvaluationError) return failed(error.message);
    throw error;
  }
}

function configurationOf(value: Value): Result<MutationPatch, string> {
  const misplaced = misplacedTypes(value as Message);
  if (misplaced.length > 0) return failed(`type mismatch: ${misplaced.join('\n')}`);
  const config = converted(value);
  if (config.ok && isJsonObject(config.value))
    return ok({ type: 'configuration', config: config.value });
  return failed('invalid return type: *dynamic.ObjectVal');
}

function operationsOf(value: Value): Result<MutationPatch, string> {
  const operations: object[] = [];
  for (const item of itemsOf(value as List)) {
    const { fields } = item as Message;
    const [op = '', path = ''] = [fields.get('op'), fields.get('path')];
    const [from, content] = [fields.get('from'), fields.get('value')];
    if (content === undefined) {
      operations.push({ op, path, ...(from !== undefined && { from }) });
      continue;
    }
    const misplaced = kindOf(content) === 'message' ? misplacedTypes(content as Message) : [];
    if (misplaced.length > 0) return failed(`type mismatch: ${misplaced.join('\n')}`);
    const json = converted(content);
    if (!json.ok) {
      const text = 'JSONPath valueExpression evaluated to a type that could not marshal to JSON';
      return failed(`${text}: ${json.error}`);
    }
    operations.push({ op, path, ...(from !== undefined && { from }), value: json.value });
  }
  return ok({ type: 'operations', operations });
}

function converted(value: Value): Result<unknown, string> {
  try {
    return ok(jsonOf(value));
  } catch (error) {
    if (!(error instanceof EvaluationError) || error.message === TOO_LARGE) throw error;
    return failed(error.message);
  }
}
