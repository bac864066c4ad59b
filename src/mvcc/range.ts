import { assertNever, ok } from '../base/index.js';
import type { Result } from '../base/index.js';
import { liveVersionAt } from './key-index.js';
import { boundsOf, isSingleKey } from './key-range.js';
import { mvccFailed } from './mvcc-error.js';
import type { MvccState } from './mvcc-state.js';
import { MvccErrorCode } from './request.js';
import type {
  KeyRange,
  KeyValue,
  MvccError,
  RangeRequest,
  RangeResponse,
  SortTarget,
} from './request.js';

const NO_VALUE = new Uint8Array(0);
const NO_VERSIONS: readonly KeyValue[] = [];

/** What a range request asks for can be wrong by itself; that is found before anything is read. */
export function checkRange(request: RangeRequest): MvccErrorCode | undefined {
  if (request.key === '') return MvccErrorCode.emptyKey;
  if (request.sortOrder !== undefined && !SORT_ORDERS.has(request.sortOrder))
    return MvccErrorCode.invalidSort;
  if (request.sortTarget !== undefined && !SORT_TARGETS.has(request.sortTarget))
    return MvccErrorCode.invalidSort;
  return undefined;
}

/** Whether a revision can be read: neither compacted nor yet to come. 0 or less is the newest. */
export function checkRevision(state: MvccState, at: number): MvccErrorCode | undefined {
  if (at <= 0) return undefined;
  if (at > state.currentRevision) return MvccErrorCode.futureRevision;
  if (at < state.compactRevision) return MvccErrorCode.compacted;
  return undefined;
}

/** A range outside of a transaction. */
export function range(state: MvccState, request: RangeRequest): Result<RangeResponse, MvccError> {
  const code = checkRange(request) ?? checkRevision(state, request.revision ?? 0);
  return code === undefined ? ok(readRange(state, request)) : mvccFailed(code);
}

/**
 * Reads without checking. Revision 0 sees everything that has been written, within an open transaction too. The order
 * of steps is etcd's: select by range, filter by revisions, sort, cut at the limit; `count` is that of the first step.
 */
export function readRange(state: MvccState, request: RangeRequest): RangeResponse {
  const at =
    request.revision !== undefined && request.revision > 0
      ? request.revision
      : Number.MAX_SAFE_INTEGER;
  if (request.countOnly === true)
    return { kvs: NO_VERSIONS, more: false, count: countLive(state, request, at) };
  const limit =
    request.limit !== undefined && request.limit > 0 ? request.limit : Number.MAX_SAFE_INTEGER;
  const target = request.sortTarget ?? 'key';
  const sorted = (request.sortOrder ?? 'none') !== 'none' || target !== 'key';
  const selectAll = sorted || hasRevisionFilter(request);
  const selected = selectLive(state, request, at, selectAll ? Number.MAX_SAFE_INTEGER : limit + 1);
  let kvs = hasRevisionFilter(request)
    ? selected.kvs.filter((kv) => passesRevisionFilter(request, kv))
    : selected.kvs;
  if (sorted) sortVersions(kvs, target, request.sortOrder === 'descend');
  const more = kvs.length > limit;
  if (more) kvs = kvs.slice(0, limit);
  if (request.keysOnly === true) kvs = kvs.map((kv) => ({ ...kv, value: NO_VALUE }));
  return { kvs, more, count: selected.count };
}

/** The live versions of a range at a revision, in order of key. */
export function liveVersionsOf(state: MvccState, keys: KeyRange): KeyValue[] {
  return selectLive(state, keys, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER).kvs;
}

function selectLive(
  state: MvccState,
  keys: KeyRange,
  at: number,
  kvsMax: number,
): { kvs: KeyValue[]; count: number } {
  if (isSingleKey(keys)) {
    const entry = state.index.get(keys.key);
    const version = entry === undefined ? undefined : liveVersionAt(entry, at);
    return version === undefined ? { kvs: [], count: 0 } : { kvs: [version], count: 1 };
  }
  const kvs: KeyValue[] = [];
  let count = 0;
  state.index.scan(boundsOf(keys), (entry) => {
    const version = liveVersionAt(entry, at);
    if (version === undefined) return true;
    count++;
    if (kvs.length < kvsMax) kvs.push(version);
    return true;
  });
  return { kvs, count };
}

function countLive(state: MvccState, keys: KeyRange, at: number): number {
  return selectLive(state, keys, at, 0).count;
}

function hasRevisionFilter(request: RangeRequest): boolean {
  const {
    minModRevision = 0,
    maxModRevision = 0,
    minCreateRevision = 0,
    maxCreateRevision = 0,
  } = request;
  return (
    minModRevision !== 0 ||
    maxModRevision !== 0 ||
    minCreateRevision !== 0 ||
    maxCreateRevision !== 0
  );
}

function passesRevisionFilter(request: RangeRequest, kv: KeyValue): boolean {
  const {
    minModRevision = 0,
    maxModRevision = 0,
    minCreateRevision = 0,
    maxCreateRevision = 0,
  } = request;
  return (
    kv.modRevision >= minModRevision &&
    (maxModRevision === 0 || kv.modRevision <= maxModRevision) &&
    kv.createRevision >= minCreateRevision &&
    (maxCreateRevision === 0 || kv.createRevision <= maxCreateRevision)
  );
}

const SORT_ORDERS: ReadonlySet<string> = new Set(['none', 'ascend', 'descend']);
const SORT_TARGETS: ReadonlySet<string> = new Set(['key', 'version', 'create', 'mod', 'value']);

/** Stable, so that equal ones stay in order of key. */
function sortVersions(kvs: KeyValue[], target: SortTarget, descending: boolean): void {
  const sign = descending ? -1 : 1;
  kvs.sort((a, b) => sign * compareBy(target, a, b));
}

function compareBy(target: SortTarget, a: KeyValue, b: KeyValue): number {
  switch (target) {
    case 'key':
      return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
    case 'version':
      return a.version - b.version;
    case 'create':
      return a.createRevision - b.createRevision;
    case 'mod':
      return a.modRevision - b.modRevision;
    case 'value':
      return compareBytes(a.value, b.value);
    default:
      return assertNever(target, 'sort target');
  }
}

/** Byte order: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const difference = (a[at] as number) - (b[at] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
