import type { Model } from './model.js';
import { isAnswered } from './operation.js';
import type { AnsweredOperation, Operation } from './operation.js';
import { PendingList } from './pending-list.js';
import { PlacedSet } from './placed-set.js';

export type Linearization<Input, Output> = readonly Operation<Input, Output>[];

/** `unknown`: the budget was used up first. */
export interface Search<State, Input, Output> {
  readonly verdict: 'ok' | 'illegal' | 'unknown';
  /** Calls of the model. */
  readonly steps: number;
  /** The order that was found (`ok`), or the longest one that was tried. Unanswered operations only where they are needed. */
  readonly longest: Linearization<Input, Output>;
  /** The state after that order. */
  readonly state: State;
  /** Where the longest one ends: the answered operations of which one would have to come next. Empty for `ok`. */
  readonly stuck: readonly AnsweredOperation<Input, Output>[];
}

/** A choice on the way to the present state; numbers from `answered.length` on are unanswered operations. */
interface Choice<State> {
  readonly number: number;
  readonly stateBefore: State;
}

/**
 * Looks for an order of operations that keeps to real time and to the model: Wing and Gong's search (1993) with Lowe's
 * memory of configurations, which have been left without success (2017). The search ends when every answered operation has
 * a place: those that are unanswered may still take effect later, or never. `failed` operations must not be given.
 */
export function linearize<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  stepsMax: number,
): Search<State, Input, Output> {
  const byBegin = [...operations].sort((a, b) => a.begun - b.begun);
  const answered = byBegin.filter(isAnswered);
  const open = byBegin.filter((operation) => !isAnswered(operation));
  const all: readonly Operation<Input, Output>[] = [...answered, ...open];
  const pending = new PendingList(answered);
  const placed = new PlacedSet(answered.length);
  const openPlaced = new PlacedSet(open.length);
  const before = open.map(({ input }) => ruledOutBy(model, input, answered));
  const mayTake = (place: number): boolean =>
    !openPlaced.has(place) && (before[place] ?? []).every((number) => placed.has(number));
  const visited = new Visited(model);
  const path: Choice<State>[] = [];
  let state = model.initial;
  let steps = 0;
  let longest: Linearization<Input, Output> = [];
  let stuck: readonly AnsweredOperation<Input, Output>[] = [];
  let longestState = model.initial;
  let most = -1;
  let last = -1;

  const currentPath = (): Linearization<Input, Output> =>
    path.map(({ number }) => all[number] as Operation<Input, Output>);
  const noteStuck = (): void => {
    if (placed.count <= most) return;
    most = placed.count;
    longest = currentPath();
    longestState = state;
    stuck = candidates(pending).map(
      (number) => answered[number] as AnsweredOperation<Input, Output>,
    );
  };
  const setOf = (number: number): PlacedSet => (number < answered.length ? placed : openPlaced);
  const placeOf = (number: number): number =>
    number < answered.length ? number : number - answered.length;
  const take = (number: number, after: State): void => {
    path.push({ number, stateBefore: state });
    if (number < answered.length) pending.lift(number);
    state = after;
    last = -1;
  };
  const takeBack = (choice: Choice<State>): void => {
    setOf(choice.number).remove(placeOf(choice.number));
    if (choice.number < answered.length) pending.putBack(choice.number);
    state = choice.stateBefore;
    last = choice.number;
  };

  while (placed.count < answered.length) {
    const number = nextChoice(last, pending, answered, open, mayTake);
    if (number === undefined) {
      noteStuck();
      const choice = path.pop();
      if (choice === undefined)
        return { verdict: 'illegal', steps, longest, state: longestState, stuck };
      takeBack(choice);
      continue;
    }
    if (steps === stepsMax) {
      noteStuck();
      return { verdict: 'unknown', steps, longest, state: longestState, stuck };
    }
    steps++;
    last = number;
    const { input, outcome } = all[number] as Operation<Input, Output>;
    const output = outcome.type === 'answered' ? outcome.output : undefined;
    const after = model.step(state, input, output);
    if (after === undefined) continue;
    // An unanswered operation without effect explains nothing.
    if (number >= answered.length && after === state) continue;
    const set = setOf(number);
    set.add(placeOf(number));
    if (visited.add(`${placed.describe()}|${openPlaced.describe()}`, after)) take(number, after);
    else set.remove(placeOf(number));
  }
  return { verdict: 'ok', steps, longest: currentPath(), state, stuck: [] };
}

/**
 * What is to be tried after `last` (-1: nothing yet) in the present state: answered operations in order of their begins, then
 * unanswered ones that began before any pending answer. So an unanswered one is placed only where nothing else can be.
 */
function nextChoice(
  last: number,
  pending: PendingList,
  answered: readonly AnsweredOperation<unknown, unknown>[],
  open: readonly Operation<unknown, unknown>[],
  mayTake: (place: number) => boolean,
): number | undefined {
  if (last < answered.length) {
    const candidate = pending.nextCandidate(last);
    if (candidate >= 0) return candidate;
  }
  const firstEnd = answered[pending.firstToEnd()]?.outcome.ended ?? Infinity;
  for (let place = Math.max(0, last - answered.length + 1); place < open.length; place++) {
    if ((open[place]?.begun ?? Infinity) > firstEnd) return undefined;
    if (mayTake(place)) return answered.length + place;
  }
  return undefined;
}

/** The answered operations that must have a place before that unanswered one. */
function ruledOutBy<State, Input, Output>(
  model: Model<State, Input, Output>,
  unanswered: Input,
  answered: readonly AnsweredOperation<Input, Output>[],
): readonly number[] {
  if (model.rulesOut === undefined) return [];
  return answered.flatMap((operation, number) =>
    model.rulesOut?.(unanswered, operation) === true ? [number] : [],
  );
}

function candidates(pending: PendingList): number[] {
  const found: number[] = [];
  for (let number = pending.nextCandidate(-1); number >= 0; number = pending.nextCandidate(number))
    found.push(number);
  return found;
}

/** Configurations that have been entered: a set of placed operations with a state that it led to. */
class Visited<State> {
  readonly #model: { equal(a: State, b: State): boolean };
  readonly #states = new Map<string, State[]>();

  constructor(model: { equal(a: State, b: State): boolean }) {
    this.#model = model;
  }

  /** False: it is there already. */
  add(set: string, state: State): boolean {
    const states = this.#states.get(set);
    if (states === undefined) {
      this.#states.set(set, [state]);
      return true;
    }
    if (states.some((other) => this.#model.equal(other, state))) return false;
    states.push(state);
    return true;
  }
}
