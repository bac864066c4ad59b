import type { Model, Operation } from '../../src/checker/index.js';

/** Tries every order of every subset that holds all answered operations: the definition, word for word. */
export function isLinearizable<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  state: State = model.initial,
): boolean {
  const left = operations.filter(({ outcome }) => outcome.type !== 'failed');
  if (left.every(({ outcome }) => outcome.type !== 'answered')) return true;
  return left.some((operation) => {
    const { begun, input, outcome } = operation;
    const precedes = left.some((other) => endOf(other) < begun);
    if (precedes) return false;
    const output = outcome.type === 'answered' ? outcome.output : undefined;
    const after = model.step(state, input, output);
    const rest = left.filter((other) => other !== operation);
    return after !== undefined && isLinearizable(model, rest, after);
  });
}

function endOf({ outcome }: Operation<unknown, unknown>): number {
  return outcome.type === 'answered' ? outcome.ended : Infinity;
}
