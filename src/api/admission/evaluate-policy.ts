import { utf8Length } from '../validation/object-meta.js';
import { OUT_OF_BUDGET, POLICY_COST_MAX } from './budget.js';
import type { CompiledPolicy, CompiledValidation } from './compile-policy.js';
import { expressionValues } from './expression-values.js';
import type { ExpressionSubject } from './expression-values.js';
import { evaluateConditions } from './match-conditions.js';
import { createPhase } from './phase.js';
import type { Run } from './phase.js';

const MESSAGE_BYTES_MAX = 5 * 1024;

/** Why a write is to be denied. */
export interface PolicyDenial {
  /** Which validation says so. */
  readonly index: number;
  readonly message: string;
  /** Empty where an expression could not be evaluated. */
  readonly reason: string;
  /** As Kubernetes' metrics tell it. */
  readonly errorType: 'no_error' | 'invalid_error';
}

export interface PolicyResult {
  readonly denials: readonly PolicyDenial[];
  readonly annotations: readonly PolicyAnnotation[];
}

/** `denied`: the annotation could not be made, and that refuses the write. */
export type PolicyAnnotation =
  | { readonly type: 'note'; readonly key: string; readonly value: string }
  | { readonly type: 'denied'; readonly message: string };

const NOTHING: PolicyResult = { denials: [], annotations: [] };

/** What a policy says of a write (apiserver, validator.Validate). Pure; the subject's `decide` may throw. */
export function evaluatePolicy(policy: CompiledPolicy, subject: ExpressionSubject): PolicyResult {
  const values = expressionValues({ ...subject, namespace: undefined });
  const matched = evaluateConditions(policy.conditions, values);
  if (matched.type === 'excluded') return NOTHING;
  if (matched.type === 'failed') return failure(policy, matched.message);
  const main = createPhase(policy.variables, expressionValues(subject), POLICY_COST_MAX);
  const outcomes = policy.validations.map(({ expression }) => main.run(expression));
  if (main.isSpent) return failure(policy, OUT_OF_BUDGET);
  const messages = messagesOf(policy, subject, outcomes, main.budget);
  const denials: PolicyDenial[] = [];
  policy.validations.forEach((validation, index) => {
    const outcome = outcomes[index];
    if (outcome?.type === 'error') {
      if (!policy.failsOpen) denials.push(unknown(index, outcome.message));
    } else if (messages === 'spent') {
      const message = `failed messageExpression: ${OUT_OF_BUDGET}`;
      if (!policy.failsOpen) denials.push(unknown(index, message));
    } else if (outcome?.value !== true) {
      const { reason = 'Invalid' } = validation;
      const message = messageOf(validation, messages[index]);
      denials.push({ index, message, reason, errorType: 'no_error' });
    }
  });
  const annotations = annotationsOf(policy, subject);
  return annotations === 'spent' ? failure(policy, OUT_OF_BUDGET) : { denials, annotations };
}

function unknown(index: number, message: string): PolicyDenial {
  return { index, message, reason: '', errorType: 'invalid_error' };
}

function failure({ failsOpen }: CompiledPolicy, message: string): PolicyResult {
  return failsOpen ? NOTHING : { denials: [unknown(0, message)], annotations: [] };
}

/** What the expressions say instead of messages, where any validation does not hold: nobody reads them otherwise. */
function messagesOf(
  policy: CompiledPolicy,
  subject: ExpressionSubject,
  outcomes: readonly Run[],
  budget: number,
): 'spent' | readonly (string | undefined)[] {
  const isNeeded = outcomes.some((each) => each.type === 'value' && each.value !== true);
  if (!isNeeded) return [];
  const phase = createPhase(policy.variables, expressionValues(subject), budget);
  const messages = policy.validations.map(({ messageExpression }) => {
    const outcome = messageExpression === undefined ? undefined : phase.run(messageExpression);
    if (outcome?.type !== 'value' || typeof outcome.value !== 'string') return undefined;
    return outcome.value.trim();
  });
  return phase.isSpent ? 'spent' : messages;
}

/** The expression's message, unless it is too long or has several lines; else the written one; else the rule itself. */
function messageOf({ message, expression }: CompiledValidation, made: string | undefined): string {
  if (made !== undefined && made !== '') {
    if (!made.includes('\n') && utf8Length(made) <= MESSAGE_BYTES_MAX) return made;
  }
  return message === '' ? `failed expression: ${expression.expression.trim()}` : message;
}

function annotationsOf(
  policy: CompiledPolicy,
  subject: ExpressionSubject,
): 'spent' | readonly PolicyAnnotation[] {
  const { auditAnnotations, failsOpen } = policy;
  if (auditAnnotations.length === 0) return [];
  const phase = createPhase(policy.variables, expressionValues(subject), POLICY_COST_MAX);
  const annotations: PolicyAnnotation[] = [];
  for (const { key, value } of auditAnnotations) {
    const outcome = phase.run(value);
    if (outcome.type === 'error') {
      if (!failsOpen) annotations.push({ type: 'denied', message: outcome.message });
    } else if (typeof outcome.value === 'string') {
      const text = outcome.value.trim();
      if (text !== '') annotations.push({ type: 'note', key, value: text });
    }
  }
  return phase.isSpent ? 'spent' : annotations;
}
