import type { Meter } from './meter.js';
import type { Expression } from './syntax.js';
import type { Value } from './value.js';

/** The variables of the loops around a part of an expression. */
export type Scope =
  | { readonly name: string; readonly value: Value; readonly outer: Scope }
  | undefined;

export interface Evaluator {
  evaluate(expression: Expression, scope: Scope): Value;
  readonly meter: Meter;
}
