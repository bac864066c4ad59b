import type { Checked } from './check.js';
import { compiledPattern } from './functions/regex.js';
import { parseDateTime, parseGoDuration } from './functions/time.js';
import type { CallExpression, Expression, Issue } from './syntax.js';
import { EvaluationError } from './value.js';

/** What is written out and never right: `'('` as a pattern, `'1x'` as a duration. */
export function checkLiterals(root: Expression, checked: Checked): Issue[] {
  const issues: Issue[] = [];
  const visit = (expression: Expression): void => {
    if (expression.op === 'call') {
      const problem = problemOf(expression, checked);
      if (problem !== undefined) issues.push(problem);
    }
    partsOf(expression).forEach(visit);
  };
  visit(root);
  return issues;
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.op) {
    case 'literal':
    case 'name':
      return [];
    case 'select':
      return [expression.operand];
    case 'call':
      return expression.target === undefined
        ? expression.args
        : [expression.target, ...expression.args];
    case 'list':
      return expression.items;
    case 'map':
      return expression.entries.flat();
    case 'message':
      return expression.fields.map(({ value }) => value);
    case 'loop': {
      const { range, condition, body } = expression;
      return condition === undefined ? [range, body] : [range, condition, body];
    }
  }
}

function problemOf(call: CallExpression, checked: Checked): Issue | undefined {
  if (checked.callOf(call) === undefined) return undefined;
  const arg = call.name === 'matches' ? call.args.at(-1) : call.args[0];
  if (arg?.op !== 'literal' || typeof arg.value !== 'string') return undefined;
  const { at, value } = arg;
  switch (call.name) {
    case 'duration':
      return parseGoDuration(value) === undefined
        ? { at, message: 'invalid duration argument' }
        : undefined;
    case 'timestamp':
      return /T/i.test(value) && parseDateTime(value) !== undefined
        ? undefined
        : { at, message: 'invalid timestamp argument' };
    case 'matches':
      try {
        compiledPattern(value);
        return undefined;
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        return { at, message: 'invalid matches argument' };
      }
    default:
      return undefined;
  }
}
