import { revision } from '../../src/base/index.js';
import { MvccErrorCode } from '../../src/mvcc/index.js';
import type {
  Compare,
  KeyRange,
  KeyValue,
  Operation,
  RangeRequest,
  TxnRequest,
  WatchEvent,
} from '../../src/mvcc/index.js';

/** The store as one would explain it: a whole copy of the key space for every revision, and no index of any kind. */
export interface NaiveModel {
  /** `states[r]` is the key space at revision r. */
  readonly states: Map<string, KeyValue>[];
  readonly events: WatchEvent[];
  /** What is left of each lease, in seconds. */
  readonly leases: Map<bigint, number>;
  compactRevision: number;
}

export const LEASE_TTL_SECONDS = 10;

export function naiveModel(): NaiveModel {
  const empty = new Map<string, KeyValue>();
  return { states: [empty, empty], events: [], leases: new Map(), compactRevision: 0 };
}

export function currentRevision(model: NaiveModel): number {
  return model.states.length - 1;
}

function holds(range: KeyRange, key: string): boolean {
  if (range.rangeEnd === undefined || range.rangeEnd === '') return key === range.key;
  return key >= range.key && (range.rangeEnd === '\0' || key < range.rangeEnd);
}

function select(state: Map<string, KeyValue>, range: KeyRange): KeyValue[] {
  return [...state.values()]
    .filter((kv) => holds(range, kv.key))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

export function naiveRange(
  model: NaiveModel,
  request: RangeRequest,
): { kvs: KeyValue[]; more: boolean; count: number } | MvccErrorCode {
  const at = request.revision ?? 0;
  if (at > currentRevision(model)) return MvccErrorCode.futureRevision;
  if (at > 0 && at < model.compactRevision) return MvccErrorCode.compacted;
  return rangeOf(
    model.states[at > 0 ? at : currentRevision(model)] ?? new Map<string, KeyValue>(),
    request,
  );
}

function rangeOf(
  state: Map<string, KeyValue>,
  request: RangeRequest,
): { kvs: KeyValue[]; more: boolean; count: number } {
  const all = select(state, request);
  if (request.countOnly === true) return { kvs: [], more: false, count: all.length };
  let kvs = all
    .filter((kv) => kv.modRevision >= (request.minModRevision ?? 0))
    .filter((kv) => kv.modRevision <= (request.maxModRevision || Infinity))
    .filter((kv) => kv.createRevision >= (request.minCreateRevision ?? 0))
    .filter((kv) => kv.createRevision <= (request.maxCreateRevision || Infinity));
  const field = (kv: KeyValue): string | number => {
    const fields = {
      key: kv.key,
      version: kv.version,
      create: kv.createRevision,
      mod: kv.modRevision,
      value: String.fromCharCode(...kv.value),
    };
    return fields[request.sortTarget ?? 'key'];
  };
  kvs.sort(
    (a, b) =>
      (field(a) < field(b) ? -1 : field(a) > field(b) ? 1 : 0) *
      (request.sortOrder === 'descend' ? -1 : 1),
  );
  const more = (request.limit ?? 0) > 0 && kvs.length > (request.limit ?? 0);
  if (more) kvs = kvs.slice(0, request.limit);
  if (request.keysOnly === true) kvs = kvs.map((kv) => ({ ...kv, value: new Uint8Array(0) }));
  return { kvs, more, count: all.length };
}

function compareHolds(state: Map<string, KeyValue>, compare: Compare): boolean {
  const kvs = select(state, compare);
  if (kvs.length === 0 && compare.target === 'value') return false;
  const own = kvs.map(
    (kv) =>
      ({
        version: kv.version,
        create: kv.createRevision,
        mod: kv.modRevision,
        lease: Number(kv.lease),
        value: String.fromCharCode(...kv.value),
      })[compare.target],
  );
  const given =
    compare.value instanceof Uint8Array
      ? String.fromCharCode(...compare.value)
      : Number(compare.value);
  return (kvs.length === 0 ? [0] : own).every((field) => {
    const sign = field < given ? -1 : field > given ? 1 : 0;
    return { '=': sign === 0, '!=': sign !== 0, '<': sign < 0, '>': sign > 0 }[compare.result];
  });
}

/** Ends a lease and deletes its keys. */
export function naiveRevoke(model: NaiveModel, lease: bigint): void {
  model.leases.delete(lease);
  const state = new Map(model.states[currentRevision(model)]);
  const events: WatchEvent[] = [];
  for (const { key } of select(state, { key: '\0', rangeEnd: '\0' }).filter(
    (kv) => kv.lease === lease,
  )) {
    runNaive(model, state, { type: 'deleteRange', key }, events);
  }
  commit(model, state, events);
}

function commit(model: NaiveModel, state: Map<string, KeyValue>, events: WatchEvent[]): void {
  if (events.length === 0) return;
  model.states.push(state);
  model.events.push(...events);
}

/** The transaction with each nested one replaced by the branch that it runs, and which branch that is. */
interface Chosen {
  readonly succeeded: boolean;
  readonly operations: readonly (Exclude<Operation, { type: 'txn' }> | Chosen)[];
}

function choose(before: Map<string, KeyValue>, request: TxnRequest): Chosen {
  const succeeded = request.compare.every((compare) => compareHolds(before, compare));
  const branch = succeeded ? request.success : request.failure;
  return {
    succeeded,
    operations: branch.map((operation) =>
      operation.type === 'txn' ? choose(before, operation) : operation,
    ),
  };
}

function flat(chosen: Chosen): Exclude<Operation, { type: 'txn' }>[] {
  return chosen.operations.flatMap((one) => ('type' in one ? [one] : flat(one)));
}

function problem(
  model: NaiveModel,
  before: Map<string, KeyValue>,
  chosen: Chosen,
): MvccErrorCode | undefined {
  for (const operation of flat(chosen)) {
    if (operation.type !== 'put') continue;
    const keeps = operation.ignoreValue === true || operation.ignoreLease === true;
    if (keeps && !before.has(operation.key)) return MvccErrorCode.keyNotFound;
    if ((operation.lease ?? 0n) > 0n && !model.leases.has(operation.lease ?? 0n))
      return MvccErrorCode.leaseNotFound;
  }
  for (const operation of flat(chosen)) {
    const at = operation.type === 'range' ? (operation.revision ?? 0) : 0;
    if (at > currentRevision(model)) return MvccErrorCode.futureRevision;
    if (at > 0 && at < model.compactRevision) return MvccErrorCode.compacted;
  }
  return undefined;
}

/** Runs a transaction that writes no key twice. Returns what its operations answer. */
export function naiveTxn(
  model: NaiveModel,
  request: TxnRequest,
): { succeeded: boolean; responses: unknown[] } | MvccErrorCode {
  const before = model.states[currentRevision(model)] ?? new Map<string, KeyValue>();
  const chosen = choose(before, request);
  const code = problem(model, before, chosen);
  if (code !== undefined) return code;
  const state = new Map(before);
  const events: WatchEvent[] = [];
  const answer = runChosen(model, state, chosen, events);
  commit(model, state, events);
  return answer;
}

function runChosen(
  model: NaiveModel,
  state: Map<string, KeyValue>,
  chosen: Chosen,
  events: WatchEvent[],
): { succeeded: boolean; responses: unknown[] } {
  const responses = chosen.operations.map((one) =>
    'type' in one
      ? runNaive(model, state, one, events)
      : { type: 'txn', ...runChosen(model, state, one, events) },
  );
  return { succeeded: chosen.succeeded, responses };
}

function runNaive(
  model: NaiveModel,
  state: Map<string, KeyValue>,
  operation: Exclude<Operation, { type: 'txn' }>,
  events: WatchEvent[],
): unknown {
  const at = currentRevision(model) + 1;
  switch (operation.type) {
    case 'range': {
      const past = (operation.revision ?? 0) > 0 ? model.states[operation.revision ?? 0] : state;
      return { type: 'range', ...rangeOf(past ?? state, operation) };
    }
    case 'put': {
      const before = state.get(operation.key);
      const kv: KeyValue = {
        key: operation.key,
        createRevision: before?.createRevision ?? revision(at),
        modRevision: revision(at),
        version: (before?.version ?? 0) + 1,
        value:
          operation.ignoreValue === true ? (before?.value ?? new Uint8Array(0)) : operation.value,
        lease: operation.ignoreLease === true ? (before?.lease ?? 0n) : (operation.lease ?? 0n),
      };
      state.set(kv.key, kv);
      events.push({ type: 'put', kv, ...(before && { prevKv: before }) });
      return { type: 'put', ...(operation.prevKv === true && before && { prevKv: before }) };
    }
    case 'deleteRange': {
      const gone = select(state, operation);
      for (const prevKv of gone) {
        state.delete(prevKv.key);
        const kv = {
          key: prevKv.key,
          createRevision: revision(0),
          modRevision: revision(at),
          version: 0,
          value: new Uint8Array(0),
          lease: 0n,
        };
        events.push({ type: 'delete', kv, prevKv });
      }
      return {
        type: 'deleteRange',
        deleted: gone.length,
        prevKvs: operation.prevKv === true ? gone : [],
      };
    }
  }
}
