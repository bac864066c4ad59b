import { checkLinearizable } from './check.js';
import type { CheckOptions, Explanation } from './check.js';
import { storeModel } from './store-model.js';
import type { WatchedChanges } from './store-evidence.js';
import { inRange } from './store-operation.js';
import type {
  StoreChange,
  StoredKey,
  StoreInput,
  StoreOperation,
  StoreOutput,
  StoreRange,
} from './store-operation.js';
import { rangeOf, sameKeys, stateAt } from './store-state.js';
import type { StoreState } from './store-state.js';
import { checkWatch } from './watch-guarantees.js';
import type { WatchGuarantee, WatchRecord } from './watch-guarantees.js';

/** Everything that the clients of a store did and saw. */
export interface StoreHistory {
  readonly operations: readonly StoreOperation[];
  /** Answered by any replica with what it had: perhaps the past, but nothing that never was. */
  readonly serializableReads: readonly SerializableRead[];
  readonly watches: readonly WatchRecord[];
}

export interface SerializableRead {
  readonly client: string;
  readonly range: StoreRange;
  readonly revision: number;
  readonly kvs: readonly StoredKey[];
}

export type StoreVerdict =
  | { readonly verdict: 'ok'; readonly steps: number }
  | {
      readonly verdict: 'illegal';
      readonly guarantee: 'linearizable' | 'serializable' | WatchGuarantee;
      readonly text: string;
      readonly explanation?: Explanation<StoreInput, StoreOutput>;
    }
  | { readonly verdict: 'unknown'; readonly steps: number };

/**
 * Checks the operations for linearizability; the order that explains them then says what serializable reads and watchers
 * may have seen. That order must reach the last revision that a watcher saw: let the last operation be an answered read.
 */
export function checkStoreHistory(history: StoreHistory, options: CheckOptions = {}): StoreVerdict {
  const { operations, serializableReads, watches } = history;
  const model = storeModel(operations, watchedChanges(operations, watches));
  const checked = checkLinearizable(model, operations, options);
  if (checked.verdict === 'unknown') return checked;
  if (checked.verdict === 'illegal') {
    const { explanation } = checked;
    const { text } = explanation;
    return { verdict: 'illegal', guarantee: 'linearizable', text, explanation };
  }
  const state = checked.parts[0]?.state ?? model.initial;
  const stale = serializableReads.find((read) => !existed(read, state));
  if (stale !== undefined) {
    const text = `${stale.client} read ${stale.range.key} as it never was, at revision ${String(stale.revision)}`;
    return { verdict: 'illegal', guarantee: 'serializable', text };
  }
  for (const watch of watches) {
    const violation = checkWatch(watch, state);
    if (violation !== undefined) return { verdict: 'illegal', ...violation };
  }
  return { verdict: 'ok', steps: checked.steps };
}

function existed({ revision, range, kvs }: SerializableRead, state: StoreState): boolean {
  return revision <= state.revision && sameKeys(kvs, rangeOf(stateAt(state, revision).keys, range));
}

/** What the watchers saw, as evidence for writes that were not answered. */
function watchedChanges(
  operations: readonly StoreOperation[],
  watches: readonly WatchRecord[],
): WatchedChanges {
  const changes = new Map<number, StoreChange[]>();
  let completeUpTo = 0;
  for (const watch of watches) {
    for (const { key, value, modRevision } of watch.batches.flatMap(({ events }) => events)) {
      const known = changes.get(modRevision);
      if (known === undefined) changes.set(modRevision, [{ key, value }]);
      else if (!known.some((change) => change.key === key)) known.push({ key, value });
    }
    if (!watchesEverything(watch, operations)) continue;
    completeUpTo = Math.max(completeUpTo, watch.batches.at(-1)?.revision ?? 0);
  }
  return { changes, completeUpTo };
}

function watchesEverything(
  { range, startRevision }: WatchRecord,
  operations: readonly StoreOperation[],
): boolean {
  if (startRevision === 0 || startRevision > 2) return false;
  return operations.every(
    ({ input }) =>
      input.type !== 'txn' ||
      [...input.success, ...input.failure].every(({ key }) => inRange(range, key)),
  );
}
