import { assertNever } from '../base/index.js';
import type { Model } from './model.js';
import type { AnsweredOperation } from './operation.js';
import { gatherEvidence, isPossible } from './store-evidence.js';
import type { StoreEvidence, WatchedChanges } from './store-evidence.js';
import type { StoreAction, StoreInput, StoreOperation, StoreOutput } from './store-operation.js';
import { applyTxn, EMPTY_STORE, rangeOf, sameKeys, sameState, stateAt } from './store-state.js';
import type { StoreState } from './store-state.js';

export type StoreModel = Model<StoreState, StoreInput, StoreOutput>;

/**
 * etcd's key-value store, revisions included: mod and create revisions, versions, transactions, reads of the past,
 * compaction.
 *
 * The whole store is one part. Parts by key would be unsound: the revision in every answer is that of the whole store, so
 * that two keys whose histories are fine each for itself may contradict each other, and a transaction spans keys. The same
 * revisions make parts needless: an answered write can stand only where its revision is the next, which leaves the search
 * no choice but among concurrent reads and unanswered writes and compactions; those are held to the evidence of the history.
 */
export function storeModel(
  operations: readonly StoreOperation[],
  watched?: WatchedChanges,
): StoreModel {
  const evidence = gatherEvidence(operations, watched);
  return {
    initial: EMPTY_STORE,
    step: (state, input, output) => step(evidence, state, input, output),
    equal: sameState,
    rulesOut,
    describe,
    describeState,
  };
}

function step(
  evidence: StoreEvidence,
  state: StoreState,
  input: StoreInput,
  output: StoreOutput | undefined,
): StoreState | undefined {
  switch (input.type) {
    case 'range':
      return output === undefined || rangeAnswers(state, input, output) ? state : undefined;
    case 'txn': {
      const effect = applyTxn(state, input);
      if (output === undefined) {
        if (effect.state === state) return state;
        const { revision, changes } = effect.state;
        return isPossible(evidence, revision, changes) ? effect.state : undefined;
      }
      return txnAnswers(effect, output) ? effect.state : undefined;
    }
    case 'compact':
      return compact(state, input.revision, output);
    default:
      return assertNever(input, 'store operation');
  }
}

function rangeAnswers(
  state: StoreState,
  input: Extract<StoreInput, { type: 'range' }>,
  output: StoreOutput,
): boolean {
  const revision = input.revision ?? 0;
  if (revision > state.revision)
    return output.type === 'refused' && output.code === 'future-revision';
  if (revision > 0 && revision < state.compactRevision)
    return output.type === 'refused' && output.code === 'compacted';
  if (output.type !== 'range' || output.revision !== state.revision) return false;
  const read = revision === 0 ? state : stateAt(state, revision);
  return sameKeys(output.kvs, rangeOf(read.keys, input));
}

function txnAnswers(effect: ReturnType<typeof applyTxn>, output: StoreOutput): boolean {
  if (output.type !== 'txn' || output.revision !== effect.state.revision) return false;
  if (output.succeeded !== effect.succeeded) return false;
  if (output.results.length !== effect.results.length) return false;
  return effect.results.every((expected, place) => {
    const seen = output.results[place];
    if (seen?.type !== expected.type) return false;
    if (seen.type === 'delete')
      return expected.type === 'delete' && seen.deleted === expected.deleted;
    if (seen.type === 'range') return expected.type === 'range' && sameKeys(seen.kvs, expected.kvs);
    return true;
  });
}

function compact(
  state: StoreState,
  revision: number,
  output: StoreOutput | undefined,
): StoreState | undefined {
  const refusal =
    revision <= state.compactRevision
      ? 'compacted'
      : revision > state.revision
        ? 'future-revision'
        : undefined;
  if (output === undefined)
    return refusal === undefined ? { ...state, compactRevision: revision } : state;
  if (output.type === 'refused') return output.code === refusal ? state : undefined;
  return output.type === 'compact' && refusal === undefined
    ? { ...state, compactRevision: revision }
    : undefined;
}

/** What was compacted stays so: no read of it and no compaction up to it can follow. */
function rulesOut(
  unanswered: StoreInput,
  { input, outcome: { output } }: AnsweredOperation<StoreInput, StoreOutput>,
): boolean {
  if (unanswered.type !== 'compact') return false;
  if (input.type === 'range')
    return (
      output.type === 'range' &&
      (input.revision ?? 0) > 0 &&
      (input.revision ?? 0) < unanswered.revision
    );
  return (
    output.type === 'compact' && input.type === 'compact' && input.revision <= unanswered.revision
  );
}

function describe(input: StoreInput, output: StoreOutput | undefined): string {
  return `${describeInput(input)} → ${output === undefined ? 'no answer' : describeOutput(output)}`;
}

function describeInput(input: StoreInput): string {
  switch (input.type) {
    case 'range': {
      const past = (input.revision ?? 0) === 0 ? '' : ` at ${String(input.revision)}`;
      return `get ${rangeText(input.key, input.rangeEnd)}${past}`;
    }
    case 'compact':
      return `compact ${String(input.revision)}`;
    case 'txn': {
      const success = input.success.map(describeAction).join(', ');
      if (input.compare.length === 0) return success;
      const compare = input.compare
        .map(({ key, target, result, value }) => `${target}(${key}) ${result} ${String(value)}`)
        .join(' and ');
      return `if ${compare} then ${success} else ${input.failure.map(describeAction).join(', ') || 'nothing'}`;
    }
    default:
      return assertNever(input, 'store operation');
  }
}

function describeAction(action: StoreAction): string {
  switch (action.type) {
    case 'put':
      return `put ${action.key} = ${action.value}`;
    case 'delete':
      return `delete ${rangeText(action.key, action.rangeEnd)}`;
    case 'range':
      return `get ${rangeText(action.key, action.rangeEnd)}`;
    default:
      return assertNever(action, 'action');
  }
}

function rangeText(key: string, rangeEnd: string | undefined): string {
  return rangeEnd === undefined ? key : `[${key}, ${rangeEnd})`;
}

function describeOutput(output: StoreOutput): string {
  switch (output.type) {
    case 'refused':
      return output.code;
    case 'compact':
      return 'done';
    case 'range':
      return `${keysText(output.kvs)} at revision ${String(output.revision)}`;
    case 'txn': {
      const read = output.results.flatMap((one) =>
        one.type === 'range' ? [keysText(one.kvs)] : [],
      );
      const done = output.succeeded ? 'done' : 'compare failed';
      return `${[done, ...read].join(', ')} at revision ${String(output.revision)}`;
    }
    default:
      return assertNever(output, 'answer');
  }
}

function keysText(kvs: Iterable<{ key: string; value: string; modRevision: number }>): string {
  const texts = [...kvs].map(
    ({ key, value, modRevision }) => `${key}=${value}@${String(modRevision)}`,
  );
  return texts.length === 0 ? 'nothing' : texts.join(' ');
}

function describeState(state: StoreState): string {
  return `revision ${String(state.revision)}: ${keysText(state.keys.values())}`;
}
