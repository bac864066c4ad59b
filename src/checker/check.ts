import { linearize } from './linearize.js';
import type { Linearization, Search } from './linearize.js';
import type { Model } from './model.js';
import type { Operation } from './operation.js';

export interface CheckOptions {
  /** Calls of the model, over all parts, before the checker gives up. Default 1,000,000. */
  readonly stepsMax?: number | undefined;
}

export type CheckResult<State, Input, Output> =
  /** For each part an order that explains every answer, and the state that it leads to. */
  | {
      readonly verdict: 'ok';
      readonly steps: number;
      readonly parts: readonly LinearizedPart<State, Input, Output>[];
    }
  | {
      readonly verdict: 'illegal';
      readonly steps: number;
      readonly explanation: Explanation<Input, Output>;
    }
  /** The budget was used up, and no part was found to be illegal. */
  | { readonly verdict: 'unknown'; readonly steps: number };

export interface LinearizedPart<State, Input, Output> {
  readonly order: Linearization<Input, Output>;
  readonly state: State;
}

/** Data for a picture: how far a part of the history can be explained, and what cannot. */
export interface Explanation<Input, Output> {
  /** All operations of the part, in order of their begins. */
  readonly operations: readonly Operation<Input, Output>[];
  /** The longest order that was found, with the state after each. It need not be the only one of its length. */
  readonly prefix: readonly PlacedOperation<Input, Output>[];
  /** After the prefix one of these would have to come next, and none of them can. */
  readonly stuck: readonly DescribedOperation<Input, Output>[];
  /** The above in a line. */
  readonly text: string;
}

export interface DescribedOperation<Input, Output> {
  readonly operation: Operation<Input, Output>;
  readonly text: string;
}

export interface PlacedOperation<Input, Output> extends DescribedOperation<Input, Output> {
  readonly stateAfter: string;
}

const STEPS_MAX = 1_000_000;

/**
 * Is there an order of the operations, each at some moment between its begin and its answer, in which the model gives every
 * answer that was seen (linearizability: Herlihy and Wing 1990)? In the manner of Porcupine (Athalye 2017): parts are searched
 * each for itself, by Wing and Gong's search (1993) with Lowe's cache (2017); the verdict has three values, since the problem is
 * NP-complete (Gibbons and Korach 1997).
 */
export function checkLinearizable<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  options: CheckOptions = {},
): CheckResult<State, Input, Output> {
  const happened = operations.filter(({ outcome }) => outcome.type !== 'failed');
  const parts = model.partition?.(happened) ?? [happened];
  const linearized: LinearizedPart<State, Input, Output>[] = [];
  const stepsMax = options.stepsMax ?? STEPS_MAX;
  let steps = 0;
  for (const part of parts) {
    const search = linearize(model, part, stepsMax - steps);
    steps += search.steps;
    if (search.verdict === 'illegal')
      return { verdict: 'illegal', steps, explanation: explain(model, part, search) };
    if (search.verdict === 'ok') linearized.push({ order: search.longest, state: search.state });
  }
  return linearized.length === parts.length
    ? { verdict: 'ok', steps, parts: linearized }
    : { verdict: 'unknown', steps };
}

function explain<State, Input, Output>(
  model: Model<State, Input, Output>,
  part: readonly Operation<Input, Output>[],
  search: Search<State, Input, Output>,
): Explanation<Input, Output> {
  const describe = (operation: Operation<Input, Output>): string => {
    const { client, input, outcome } = operation;
    const output = outcome.type === 'answered' ? outcome.output : undefined;
    return `${client}: ${model.describe(input, output)}`;
  };
  let state = model.initial;
  const prefix = search.longest.map((operation) => {
    const { input, outcome } = operation;
    const output = outcome.type === 'answered' ? outcome.output : undefined;
    state = model.step(state, input, output) ?? state;
    return { operation, text: describe(operation), stateAfter: model.describeState(state) };
  });
  const stuck = search.stuck.map((operation) => ({ operation, text: describe(operation) }));
  const operations = [...part].sort((a, b) => a.begun - b.begun);
  const text =
    `after ${String(prefix.length)} of ${String(part.length)} operations the state is ${model.describeState(state)}, ` +
    `and none of these can come next: ${stuck.map((one) => one.text).join('; ')}`;
  return { operations, prefix, stuck, text };
}
