import { assert, assertDefined, assertNever, ok, revision } from '../base/index.js';
import type { Result, Revision } from '../base/index.js';
import { compareHolds } from './compare.js';
import { mvccFailed } from './mvcc-error.js';
import { appendVersion, liveVersion, makeTombstone, makeVersion } from './mvcc-state.js';
import type { MvccState } from './mvcc-state.js';
import { checkRevision, liveVersionsOf, readRange } from './range.js';
import { MvccErrorCode } from './request.js';
import type {
  Compare,
  DeleteRangeRequest,
  DeleteRangeResponse,
  KeyValue,
  MvccError,
  Operation,
  OperationResponse,
  PutRequest,
  TxnRequest,
  TxnResponse,
} from './request.js';
import { checkTxn } from './txn-check.js';

/** What a write did. `changed` are the new versions, all of one revision, in the order of writing; empty: the revision stayed. */
export interface Written<Response> {
  readonly response: Response;
  readonly revision: Revision;
  readonly changed: readonly KeyValue[];
}

/**
 * Runs a transaction as one revision. Everything that can fail is checked before the first write, so that it happens
 * whole or not at all. As in etcd, all comparisons, of nested transactions too, see the state from before it.
 */
export function txn(
  state: MvccState,
  request: TxnRequest,
): Result<Written<TxnResponse>, MvccError> {
  const wrong = checkTxn(request);
  if (wrong !== undefined) return mvccFailed(wrong);
  const path = [allHold(state, request.compare)];
  const problems: Problems = {};
  checkBranch(state, request, path, problems);
  // In etcd's order: first what is wrong with any put, then with any range.
  const code = problems.put ?? problems.range;
  if (code !== undefined) return mvccFailed(code);
  const write = openWrite(state);
  const response = runTxn(write, request, { taken: path, at: 0 });
  closeWrite(write);
  return ok({ response, revision: state.currentRevision, changed: write.changed });
}

/** Never written to. */
const NO_VERSIONS: KeyValue[] = [];

/** An open transaction: what it writes is in the state at once and belongs to the revision after the current one. */
export interface Write {
  readonly state: MvccState;
  readonly revision: Revision;
  /** An array with one place for the first: one that grows from nothing takes seventeen, and most writes are of one key. */
  changed: KeyValue[];
}

export function openWrite(state: MvccState): Write {
  return { state, revision: revision(state.currentRevision + 1), changed: NO_VERSIONS };
}

export function closeWrite(write: Write): { revision: Revision; changed: readonly KeyValue[] } {
  if (write.changed.length > 0) write.state.currentRevision = write.revision;
  return { revision: write.state.currentRevision, changed: write.changed };
}

/** What the operations of the chosen branches would fail with. */
interface Problems {
  put?: MvccErrorCode | undefined;
  range?: MvccErrorCode | undefined;
}

/**
 * Checks the operations of the branch that the last place of `path` says, and adds the branches of the transactions within it:
 * outermost first.
 */
function checkBranch(
  state: MvccState,
  request: TxnRequest,
  path: boolean[],
  problems: Problems,
): void {
  const branch = path[path.length - 1] === true ? request.success : request.failure;
  for (const operation of branch) checkAgainstState(state, operation, path, problems);
}

function allHold(state: MvccState, compares: readonly Compare[]): boolean {
  for (const compare of compares) if (!compareHolds(state, compare)) return false;
  return true;
}

function checkAgainstState(
  state: MvccState,
  operation: Operation,
  path: boolean[],
  problems: Problems,
): void {
  switch (operation.type) {
    case 'range':
      problems.range ??= checkRevision(state, operation.revision ?? 0);
      return;
    case 'put':
      problems.put ??= checkPutAgainstState(state, operation);
      return;
    case 'deleteRange':
      return;
    case 'txn':
      path.push(allHold(state, operation.compare));
      checkBranch(state, operation, path, problems);
      return;
    default:
      assertNever(operation, 'operation');
  }
}

function checkPutAgainstState(state: MvccState, request: PutRequest): MvccErrorCode | undefined {
  const keeps = request.ignoreValue === true || request.ignoreLease === true;
  if (keeps && liveVersion(state, request.key) === undefined) return MvccErrorCode.keyNotFound;
  const lease = request.lease ?? 0n;
  return lease !== 0n && state.leases.get(lease) === undefined
    ? MvccErrorCode.leaseNotFound
    : undefined;
}

/** The branches that are taken, in the order of the transactions, and the place of the next one. */
interface Path {
  readonly taken: readonly boolean[];
  at: number;
}

function runTxn(write: Write, request: TxnRequest, path: Path): TxnResponse {
  const succeeded = path.taken[path.at++];
  assert(succeeded !== undefined, 'a transaction without a path');
  const branch = succeeded ? request.success : request.failure;
  return {
    succeeded,
    responses: branch.map((operation) => runOperation(write, operation, path)),
  };
}

function runOperation(write: Write, operation: Operation, path: Path): OperationResponse {
  switch (operation.type) {
    case 'range':
      return { type: 'range', ...readRange(write.state, operation) };
    case 'put':
      return put(write, operation);
    case 'deleteRange':
      return { type: 'deleteRange', ...deleteRange(write, operation) };
    case 'txn':
      return { type: 'txn', ...runTxn(write, operation, path) };
    default:
      return assertNever(operation, 'operation');
  }
}

type PutDone = Extract<OperationResponse, { readonly type: 'put' }>;

function put(write: Write, request: PutRequest): PutDone {
  const { state } = write;
  const before = liveVersion(state, request.key);
  const version = makeVersion(
    before?.key ?? request.key,
    before?.createRevision ?? write.revision,
    write.revision,
    (before?.version ?? 0) + 1,
    // A copy: the request's bytes are a view of a whole log entry or message, which would stay in memory with it.
    request.ignoreValue === true ? kept(before).value : new Uint8Array(request.value),
    request.ignoreLease === true ? kept(before).lease : (request.lease ?? 0n),
  );
  append(write, before, version);
  return request.prevKv === true && before !== undefined
    ? { type: 'put', prevKv: before }
    : { type: 'put' };
}

function kept(before: KeyValue | undefined): KeyValue {
  return assertDefined(before, 'the version to take from');
}

function deleteRange(write: Write, request: DeleteRangeRequest): DeleteRangeResponse {
  const kvs = liveVersionsOf(write.state, request);
  for (const kv of kvs) deleteKey(write, kv);
  return { deleted: kvs.length, prevKvs: request.prevKv === true ? kvs : [] };
}

export function deleteKey(write: Write, kv: KeyValue): void {
  append(write, kv, makeTombstone(kv.key, write.revision));
}

function append(write: Write, before: KeyValue | undefined, version: KeyValue): void {
  assert(version.modRevision === write.revision, 'a write of another revision');
  appendVersion(write.state, before, version);
  if (write.changed === NO_VERSIONS) write.changed = [version];
  else write.changed.push(version);
}
