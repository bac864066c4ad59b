import { isAnswered } from './operation.js';
import type {
  StoreAction,
  StoreChange,
  StoredKey,
  StoreInput,
  StoreOperation,
  StoreOutput,
} from './store-operation.js';

/**
 * What a history says about single revisions, whoever said it. It does not change the verdict, but the search for it: a write
 * without an answer could be anywhere, and is nowhere but at a revision that nobody else was given, that fits what was
 * seen there.
 */
export interface StoreEvidence {
  /** Revisions that were acknowledged to a writer: no other write has them. */
  readonly acknowledged: ReadonlySet<number>;
  /** By revision and key: what was seen to have been done there. */
  readonly changes: ReadonlyMap<number, ReadonlyMap<string, string | null>>;
  /** At these and all revisions below, `changes` is all that was done: somebody watched everything. 0: nobody did. */
  readonly completeUpTo: number;
  /** By value that only one write writes: where it was seen. */
  readonly placeOfValue: ReadonlyMap<string, number>;
}

export interface WatchedChanges {
  readonly changes: ReadonlyMap<number, readonly StoreChange[]>;
  readonly completeUpTo: number;
}

export function gatherEvidence(
  operations: readonly StoreOperation[],
  watched: WatchedChanges = { changes: new Map(), completeUpTo: 0 },
): StoreEvidence {
  const acknowledged = new Set<number>();
  const changes = new Map<number, Map<string, string | null>>();
  const see = (revision: number, key: string, value: string | null): void => {
    const known = changes.get(revision);
    if (known === undefined) changes.set(revision, new Map([[key, value]]));
    else if (!known.has(key)) known.set(key, value);
  };
  for (const [revision, seen] of watched.changes)
    for (const { key, value } of seen) see(revision, key, value);
  for (const operation of operations) {
    if (!isAnswered(operation)) continue;
    const { output } = operation.outcome;
    for (const { modRevision, key, value } of seenKeys(output)) see(modRevision, key, value);
    if (output.type === 'txn' && writes(operation.input, output)) acknowledged.add(output.revision);
  }
  const { completeUpTo } = watched;
  return {
    acknowledged,
    changes,
    completeUpTo,
    placeOfValue: placesOfValues(operations, changes),
  };
}

/** May an unanswered write have done this at this revision? */
export function isPossible(
  evidence: StoreEvidence,
  revision: number,
  changes: readonly StoreChange[],
): boolean {
  if (evidence.acknowledged.has(revision)) return false;
  const seen = evidence.changes.get(revision);
  if (revision <= evidence.completeUpTo && changes.length !== (seen?.size ?? 0)) return false;
  for (const { key, value } of changes) {
    if (value !== null && (evidence.placeOfValue.get(value) ?? revision) !== revision) return false;
    if (revision <= evidence.completeUpTo && seen?.has(key) !== true) return false;
  }
  for (const [key, value] of seen ?? []) {
    if (!changes.some((change) => change.key === key && change.value === value)) return false;
  }
  return true;
}

function seenKeys(output: StoreOutput): readonly StoredKey[] {
  if (output.type === 'range') return output.kvs;
  if (output.type !== 'txn') return [];
  return output.results.flatMap((result) => (result.type === 'range' ? result.kvs : []));
}

/** Did an answered transaction make a revision? */
function writes(input: StoreInput, output: Extract<StoreOutput, { type: 'txn' }>): boolean {
  if (input.type !== 'txn') return false;
  const actions = output.succeeded ? input.success : input.failure;
  return (
    actions.some(({ type }) => type === 'put') ||
    output.results.some((result) => result.type === 'delete' && result.deleted > 0)
  );
}

function placesOfValues(
  operations: readonly StoreOperation[],
  changes: ReadonlyMap<number, ReadonlyMap<string, string | null>>,
): ReadonlyMap<string, number> {
  const writers = new Map<string, number>();
  for (const { input } of operations) {
    for (const value of new Set(actionsOf(input).flatMap(valueOf)))
      writers.set(value, (writers.get(value) ?? 0) + 1);
  }
  const places = new Map<string, number>();
  for (const [revision, seen] of changes) {
    for (const value of seen.values()) {
      if (value !== null && writers.get(value) === 1 && !places.has(value))
        places.set(value, revision);
    }
  }
  return places;
}

function valueOf(action: StoreAction): readonly string[] {
  return action.type === 'put' ? [action.value] : [];
}

/** Those of both branches. */
function actionsOf(input: StoreInput): readonly StoreAction[] {
  return input.type === 'txn' ? [...input.success, ...input.failure] : [];
}
