import type { Expression, SelectExpression } from './syntax.js';
import type { Type } from './types.js';
import { BOOL, INT, STRING } from './types.js';

type Scope = ReadonlyMap<string, Type>;

/** `a.b.c` of plain names that begin with no variable. */
export function qualifiedName(
  expression: Expression,
  scope: Scope,
  variables: Scope,
): string | undefined {
  if (expression.op === 'name') {
    const { name } = expression;
    return scope.has(name) || variables.has(name) ? undefined : name;
  }
  if (expression.op !== 'select' || expression.form !== 'value') return undefined;
  const prefix = qualifiedName(expression.operand, scope, variables);
  return prefix === undefined ? undefined : `${prefix}.${expression.field}`;
}

/** The name of a variable whose name has a dot in it. */
export function wholeName(
  { operand, field, form }: SelectExpression,
  scope: Scope,
  variables: Scope,
): string | undefined {
  if (form !== 'value' || operand.op !== 'name' || scope.has(operand.name)) return undefined;
  const name = `${operand.name}.${field}`;
  return variables.has(name) ? name : undefined;
}

/** The type of a constant. */
export function literalType(value: unknown): Type {
  switch (typeof value) {
    case 'boolean':
      return BOOL;
    case 'bigint':
      return INT;
    case 'number':
      return { kind: 'double' };
    case 'string':
      return STRING;
    default:
      if (value === null) return { kind: 'null' };
      return { kind: value instanceof Uint8Array ? 'bytes' : 'uint' };
  }
}
