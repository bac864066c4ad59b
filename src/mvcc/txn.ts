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
  PutResponse,
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
  const path: boolean[] = [];
  const problems: Problems = {};
  choosePath(state, request, path, problems);
  // In etcd's order: first what is wrong with any put, then with any range.
  const code = problems.put ?? problems.range;
  if (code !== undefined) return mvccFailed(code);
  const write = openWrite(state);
  const response = runTxn(write, request, path.values());
  return ok({ response, ...closeWrite(write) });
}

/** An open transaction: what it writes is in the state at once and belongs to the revision after the current one. */
export interface Write {
  readonly state: MvccState;
  readonly revision: Revision;
  readonly changed: KeyValue[];
}

export function openWrite(state: MvccState): Write {
  return { state, revision: revision(state.currentRevision + 1), changed: [] };
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

/** Evaluates the comparisons, outermost first, and checks the operations of the branches that will run. */
function choosePath(
  state: MvccState,
  request: TxnRequest,
  path: boolean[],
  problems: Problems,
): void {
  const succeeded = allHold(state, request.compare);
  path.push(succeeded);
  for (const operation of succeeded ? request.success : request.failure)
    checkAgainstState(state, operation, path, problems);
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
      choosePath(state, operation, path, problems);
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

function runTxn(write: Write, request: TxnRequest, path: Iterator<boolean>): TxnResponse {
  const chosen = path.next();
  assert(chosen.done !== true, 'a transaction without a path');
  const branch = chosen.value ? request.success : request.failure;
  return {
    succeeded: chosen.value,
    responses: branch.map((operation) => runOperation(write, operation, path)),
  };
}

function runOperation(
  write: Write,
  operation: Operation,
  path: Iterator<boolean>,
): OperationResponse {
  switch (operation.type) {
    case 'range':
      return { type: 'range', ...readRange(write.state, operation) };
    case 'put':
      return { type: 'put', ...put(write, operation) };
    case 'deleteRange':
      return { type: 'deleteRange', ...deleteRange(write, operation) };
    case 'txn':
      return { type: 'txn', ...runTxn(write, operation, path) };
    default:
      return assertNever(operation, 'operation');
  }
}

function put(write: Write, request: PutRequest): PutResponse {
  const { state } = write;
  const before = liveVersion(state, request.key);
  const kept = (): KeyValue => assertDefined(before, 'the version to take from');
  const version = makeVersion(
    before?.key ?? request.key,
    before?.createRevision ?? write.revision,
    write.revision,
    (before?.version ?? 0) + 1,
    // A copy: the request's bytes are a view of a whole log entry or message, which would stay in memory with it.
    request.ignoreValue === true ? kept().value : new Uint8Array(request.value),
    request.ignoreLease === true ? kept().lease : (request.lease ?? 0n),
  );
  append(write, before, version);
  return request.prevKv === true && before !== undefined ? { prevKv: before } : {};
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
  write.changed.push(version);
}
