import type { Result } from '../../base/index.js';
import { failed } from '../../base/index.js';
import { compile, formatType } from '../cel/index.js';
import type { Program, Type } from '../cel/index.js';

/** An expression that was read and checked, or why it could not be. */
export interface CompiledExpression {
  readonly expression: string;
  readonly program: Result<Program, string>;
}

/** What an expression has to come to: exactly one of these types, or anything. */
export type WantedType = 'bool' | 'string' | 'string or null' | 'any';

const WANTED: Readonly<Record<Exclude<WantedType, 'any'>, readonly [readonly string[], string]>> = {
  bool: [['bool'], 'must evaluate to bool'],
  string: [['string'], 'must evaluate to string'],
  'string or null': [['string', 'null'], 'must evaluate to one of [string null_type]'],
};

/** Reads an expression. The errors are as Kubernetes tells them. */
export function compileExpression(
  expression: string,
  variables: ReadonlyMap<string, Type>,
  wanted: WantedType,
): CompiledExpression {
  const compiled = compile(expression, variables);
  if (!compiled.ok) return { expression, program: failed(`compilation failed: ${compiled.error}`) };
  if (wanted === 'any') return { expression, program: compiled };
  const { type } = compiled.value;
  const [kinds, text] = WANTED[wanted];
  if (kinds.includes(type.kind)) return { expression, program: compiled };
  const found = type.kind === 'null' ? 'null_type' : formatType(type);
  return { expression, program: failed(`${text} but got ${found}`) };
}
