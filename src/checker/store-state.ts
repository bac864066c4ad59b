import { assertNever } from '../base/index.js';
import { inRange } from './store-operation.js';
import type {
  StoreAction,
  StoreActionOutput,
  StoreChange,
  StoreCompare,
  StoredKey,
  StoreRange,
  StoreTxn,
} from './store-operation.js';

/** The whole store after some writes. Each write makes a new state that leads back to the one before. */
export interface StoreState {
  readonly revision: number;
  readonly compactRevision: number;
  readonly keys: ReadonlyMap<string, StoredKey>;
  /** What the write that made this revision changed. */
  readonly changes: readonly StoreChange[];
  readonly before: StoreState | undefined;
}

/** etcd's: an empty store is at revision 1. */
export const EMPTY_STORE: StoreState = {
  revision: 1,
  compactRevision: 0,
  keys: new Map(),
  changes: [],
  before: undefined,
};

export interface TxnEffect {
  readonly state: StoreState;
  readonly succeeded: boolean;
  readonly results: readonly StoreActionOutput[];
}

/** A transaction that changes nothing leaves the state, and so the revision, as it is. */
export function applyTxn(state: StoreState, txn: StoreTxn): TxnEffect {
  const succeeded = txn.compare.every((compare) => holds(state, compare));
  const actions = succeeded ? txn.success : txn.failure;
  if (actions.every(({ type }) => type === 'range')) {
    const results = actions.map((action) => rangeResult(state.keys, action));
    return { state, succeeded, results };
  }
  const revision = state.revision + 1;
  const keys = new Map(state.keys);
  const changes: StoreChange[] = [];
  const results = actions.map((action) => act(keys, action, revision, changes));
  if (changes.length === 0) return { state, succeeded, results };
  const { compactRevision } = state;
  return {
    state: { revision, compactRevision, keys, changes, before: state },
    succeeded,
    results,
  };
}

/** In order of key. */
export function rangeOf(
  keys: ReadonlyMap<string, StoredKey>,
  range: StoreRange,
): readonly StoredKey[] {
  if (range.rangeEnd === undefined) {
    const found = keys.get(range.key);
    return found === undefined ? [] : [found];
  }
  return [...keys.values()]
    .filter(({ key }) => inRange(range, key))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The state as it was at an earlier revision. */
export function stateAt(state: StoreState, revision: number): StoreState {
  let at = state;
  while (at.revision > revision && at.before !== undefined) at = at.before;
  return at;
}

/** Earlier revisions count too, since they can still be read. */
export function sameState(a: StoreState, b: StoreState): boolean {
  let [left, right]: [StoreState | undefined, StoreState | undefined] = [a, b];
  if (a.compactRevision !== b.compactRevision) return false;
  while (left !== right) {
    if (left === undefined || right === undefined) return false;
    if (left.revision !== right.revision || !sameChanges(left.changes, right.changes)) return false;
    left = left.before;
    right = right.before;
  }
  return true;
}

export function sameKeys(a: readonly StoredKey[], b: readonly StoredKey[]): boolean {
  return (
    a.length === b.length &&
    a.every((left, place) => {
      const right = b[place];
      return (
        left === right ||
        (left.key === right?.key &&
          left.value === right.value &&
          left.createRevision === right.createRevision &&
          left.modRevision === right.modRevision &&
          left.version === right.version)
      );
    })
  );
}

function sameChanges(a: readonly StoreChange[], b: readonly StoreChange[]): boolean {
  return (
    a === b ||
    (a.length === b.length &&
      a.every(({ key, value }, place) => key === b[place]?.key && value === b[place].value))
  );
}

function holds(state: StoreState, { key, target, result, value }: StoreCompare): boolean {
  const found = state.keys.get(key);
  const actual =
    target === 'mod'
      ? (found?.modRevision ?? 0)
      : target === 'create'
        ? (found?.createRevision ?? 0)
        : (found?.version ?? 0);
  switch (result) {
    case '=':
      return actual === value;
    case '!=':
      return actual !== value;
    case '<':
      return actual < value;
    case '>':
      return actual > value;
    default:
      return assertNever(result, 'comparison');
  }
}

function act(
  keys: Map<string, StoredKey>,
  action: StoreAction,
  revision: number,
  changes: StoreChange[],
): StoreActionOutput {
  switch (action.type) {
    case 'put': {
      const { key, value } = action;
      const before = keys.get(key);
      const createRevision = before?.createRevision ?? revision;
      const version = (before?.version ?? 0) + 1;
      keys.set(key, { key, value, createRevision, modRevision: revision, version });
      changes.push({ key, value });
      return { type: 'put' };
    }
    case 'delete': {
      const found = rangeOf(keys, action);
      for (const { key } of found) {
        keys.delete(key);
        changes.push({ key, value: null });
      }
      return { type: 'delete', deleted: found.length };
    }
    case 'range':
      return rangeResult(keys, action);
    default:
      return assertNever(action, 'action');
  }
}

function rangeResult(
  keys: ReadonlyMap<string, StoredKey>,
  action: StoreAction,
): Extract<StoreActionOutput, { type: 'range' }> {
  return { type: 'range', kvs: rangeOf(keys, action) };
}
