import type { Result } from '../../base/index.js';
import { failed } from '../../base/index.js';
import { compile, formatType } from '../cel/index.js';
import type { Extension, Program, Type } from '../cel/index.js';

/** An expression that was read and checked, or why it could not be. */
export interface CompiledExpression {
  readonly expression: string;
  readonly program: Result<Program, string>;
}

/** What an expression has to come to: exactly one of these types, or anything. */
export type WantedType =
  | 'bool'
  | 'string'
  | 'string or null'
  | 'Object'
  | 'list(JSONPatch)'
  | 'any';

/** Reads an expression. The errors are as Kubernetes tells them. */
export function compileExpression(
  expression: string,
  variables: ReadonlyMap<string, Type>,
  wanted: WantedType,
  extension?: Extension,
): CompiledExpression {
  const compiled = compile(expression, variables, extension);
  if (!compiled.ok) return { expression, program: failed(`compilation failed: ${compiled.error}`) };
  if (wanted === 'any') return { expression, program: compiled };
  const { type } = compiled.value;
  const found = type.kind === 'null' ? 'null_type' : formatType(type);
  const types = wanted === 'string or null' ? ['string', 'null_type'] : [wanted];
  if (types.includes(found)) return { expression, program: compiled };
  const text = types.length === 1 ? wanted : `one of [${types.join(' ')}]`;
  return { expression, program: failed(`must evaluate to ${text} but got ${found}`) };
}
