import { compileCondition } from '../admission/match-conditions.js';
import { listOf, maybe } from '../absent.js';
import type { V1MatchCondition } from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkProblems } from './checks.js';
import { duplicate, invalid, required, tooMany } from './field-error.js';
import { labelKeyProblems } from './names.js';

const CONDITIONS_MAX = 64;

/** admissionregistration validateMatchConditions: what cannot be compiled is refused when it is written. */
export function checkMatchConditions(
  conditions: readonly V1MatchCondition[] | undefined,
  field: string,
  errors: Errors,
  hasParams = false,
): void {
  const list = listOf(conditions);
  if (list.length > CONDITIONS_MAX) errors.push(tooMany(field, list.length, CONDITIONS_MAX));
  const names = new Set<string>();
  list.forEach((condition, index) => {
    const place = `${field}[${String(index)}]`;
    const name = maybe(condition.name) ?? '';
    const expression = (maybe(condition.expression) ?? '').trim();
    checkExpression(expression, `${place}.expression`, errors, hasParams);
    if (name === '') errors.push(required(`${place}.name`));
    else checkProblems(labelKeyProblems(name), `${place}.name`, name, errors);
    if (name !== '' && names.has(name)) errors.push(duplicate(`${place}.name`, name));
    names.add(name);
  });
}

function checkExpression(
  expression: string,
  field: string,
  errors: Errors,
  hasParams: boolean,
): void {
  if (expression === '') {
    errors.push(required(field));
    return;
  }
  const { program } = compileCondition(expression, hasParams);
  if (!program.ok) errors.push(invalid(field, expression, program.error));
}
