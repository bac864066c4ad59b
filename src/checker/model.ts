import type { AnsweredOperation, Operation } from './operation.js';

/**
 * The sequential object that clients shall not be able to tell from the real one. States are values: `step` makes a new
 * one. A model without effect on some input returns the state itself.
 */
export interface Model<State, Input, Output> {
  readonly initial: State;
  /**
   * The state after `input`, or undefined where the object could not have answered `output` in this state. No output: any
   * answer is fine (the operation was not answered).
   */
  step(state: State, input: Input, output: Output | undefined): State | undefined;
  equal(a: State, b: State): boolean;
  /**
   * Whether in every state the operation could not have got its answer once the unanswered input had an effect: that one is
   * then tried only behind it. It changes no verdict, but spares dead ends that show late. Default: never.
   */
  rulesOut?(unanswered: Input, operation: AnsweredOperation<Input, Output>): boolean;
  /**
   * Parts of the history that can be checked each for itself, without changing the verdict: a history is linearizable
   * just if its subhistories on independent objects are (Herlihy and Wing 1990, theorem 1), which turns one exponential
   * search into many small ones (Horn and Kroening 2015). Default: one part.
   */
  partition?(
    operations: readonly Operation<Input, Output>[],
  ): readonly (readonly Operation<Input, Output>[])[];
  /** For people. */
  describe(input: Input, output: Output | undefined): string;
  describeState(state: State): string;
}

/** One part for each key, in order of first use. */
export function partitionBy<Input, Output>(
  operations: readonly Operation<Input, Output>[],
  keyOf: (input: Input) => string,
): readonly (readonly Operation<Input, Output>[])[] {
  const parts = new Map<string, Operation<Input, Output>[]>();
  for (const operation of operations) {
    const key = keyOf(operation.input);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [operation]);
    else part.push(operation);
  }
  return [...parts.values()];
}
