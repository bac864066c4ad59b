import { EvaluationError } from '../cel/index.js';
import type { Mapping, Value } from '../cel/index.js';
import { goQuote } from '../go-quote.js';
import { CALL_COST_MAX, OUT_OF_BUDGET, resultedInError } from './budget.js';
import type { CompiledExpression } from './compile-expression.js';

/** What an expression came to. */
export type Run =
  | { readonly type: 'value'; readonly value: Value }
  | { readonly type: 'error'; readonly message: string };

/** Expressions that share a budget, and the variables that the first of them to need one has made. */
export interface Phase {
  run(expression: CompiledExpression): Run;
  readonly budget: number;
  /** Nothing is run any more. */
  readonly isSpent: boolean;
}

export function createPhase(
  variables: ReadonlyMap<string, CompiledExpression>,
  values: (name: string) => Value | undefined,
  budgetMax: number,
): Phase {
  let budget = budgetMax;
  const made = new Map<string, Run>();
  const names = [...variables.keys()];
  const all: Mapping = {
    kind: 'map',
    size: names.length,
    keys: () => names,
    get(key) {
      if (typeof key !== 'string') return undefined;
      const variable = variables.get(key);
      if (variable === undefined) return undefined;
      let run = made.get(key);
      if (run === undefined) {
        run = makeVariable(key, variable);
        made.set(key, run);
      }
      if (run.type === 'error') throw new EvaluationError(run.message);
      return run.value;
    },
  };
  const valueOf = (name: string): Value | undefined => (name === 'variables' ? all : values(name));

  function makeVariable(name: string, { program }: CompiledExpression): Run {
    const composited = `composited variable ${goQuote(name)} fails to`;
    if (!program.ok) return { type: 'error', message: `${composited} compile: ${program.error}` };
    const { cost, ...outcome } = program.value.run(valueOf, CALL_COST_MAX);
    budget -= cost;
    return outcome.type === 'value'
      ? outcome
      : { type: 'error', message: `${composited} evaluate: ${outcome.message}` };
  }

  return {
    run({ expression, program }) {
      if (budget < 0) return { type: 'error', message: OUT_OF_BUDGET };
      if (!program.ok) return { type: 'error', message: `compilation error: ${program.error}` };
      const { cost, ...outcome } = program.value.run(valueOf, CALL_COST_MAX);
      budget -= cost;
      return outcome.type === 'value'
        ? outcome
        : { type: 'error', message: resultedInError(expression, outcome.message) };
    },
    get budget() {
      return budget;
    },
    get isSpent() {
      return budget < 0;
    },
  };
}
