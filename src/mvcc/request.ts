import type { Revision } from '../base/index.js';

/**
 * A key as a byte string: each character stands for one byte (0 to 255), so that `<` on strings is etcd's byte order.
 * Kubernetes' keys are ASCII and look like themselves: `/registry/pods/default/web-1`.
 */
export type Key = string;

/** `[key, rangeEnd)`. No `rangeEnd`: just the key. `rangeEnd === '\0'`: all keys from `key` on (etcd's convention). */
export interface KeyRange {
  readonly key: Key;
  readonly rangeEnd?: Key | undefined;
}

/** etcd's mvccpb.KeyValue. */
export interface KeyValue {
  readonly key: Key;
  readonly createRevision: Revision;
  readonly modRevision: Revision;
  /** Counts the puts since the key was created, from 1; 0 for a tombstone. */
  readonly version: number;
  readonly value: Uint8Array;
  /** The id of the attached lease, 0n for none. */
  readonly lease: bigint;
}

export type SortTarget = 'key' | 'version' | 'create' | 'mod' | 'value';
export type SortOrder = 'none' | 'ascend' | 'descend';

export interface RangeRequest extends KeyRange {
  /** 0 or absent: no limit. */
  readonly limit?: number | undefined;
  /** 0 or absent: the newest. Older than the compacted or newer than the current one is an error. */
  readonly revision?: number | undefined;
  readonly sortOrder?: SortOrder | undefined;
  readonly sortTarget?: SortTarget | undefined;
  /** Answer from the asked replica without asking the leader; may be stale. */
  readonly serializable?: boolean | undefined;
  readonly keysOnly?: boolean | undefined;
  readonly countOnly?: boolean | undefined;
  readonly minModRevision?: number | undefined;
  readonly maxModRevision?: number | undefined;
  readonly minCreateRevision?: number | undefined;
  readonly maxCreateRevision?: number | undefined;
}

export interface RangeResponse {
  readonly kvs: readonly KeyValue[];
  /** True where `limit` cut the answer short. */
  readonly more: boolean;
  /** Keys in the range at that revision, whatever the limit and the revision filters. */
  readonly count: number;
}

export interface PutRequest {
  readonly key: Key;
  readonly value: Uint8Array;
  readonly lease?: bigint | undefined;
  readonly prevKv?: boolean | undefined;
  readonly ignoreValue?: boolean | undefined;
  readonly ignoreLease?: boolean | undefined;
}

export interface PutResponse {
  readonly prevKv?: KeyValue | undefined;
}

export interface DeleteRangeRequest extends KeyRange {
  readonly prevKv?: boolean | undefined;
}

export interface DeleteRangeResponse {
  readonly deleted: number;
  readonly prevKvs: readonly KeyValue[];
}

export interface Compare extends KeyRange {
  readonly target: 'version' | 'create' | 'mod' | 'value' | 'lease';
  readonly result: '=' | '!=' | '<' | '>';
  /** A number for version, create and mod; bytes for value; a bigint for lease. */
  readonly value: number | bigint | Uint8Array;
}

export type Operation =
  | ({ readonly type: 'range' } & RangeRequest)
  | ({ readonly type: 'put' } & PutRequest)
  | ({ readonly type: 'deleteRange' } & DeleteRangeRequest)
  | ({ readonly type: 'txn' } & TxnRequest);

export interface TxnRequest {
  /** All must hold for `success` to run; else `failure` runs. Empty: they hold. */
  readonly compare: readonly Compare[];
  readonly success: readonly Operation[];
  readonly failure: readonly Operation[];
}

export type OperationResponse =
  | ({ readonly type: 'range' } & RangeResponse)
  | ({ readonly type: 'put' } & PutResponse)
  | ({ readonly type: 'deleteRange' } & DeleteRangeResponse)
  | ({ readonly type: 'txn' } & TxnResponse);

export interface TxnResponse {
  readonly succeeded: boolean;
  readonly responses: readonly OperationResponse[];
}

/** etcd's mvccpb.Event. A delete's `kv` holds the key and, as modRevision, the revision of the deletion. */
export interface WatchEvent {
  readonly type: 'put' | 'delete';
  readonly kv: KeyValue;
  readonly prevKv?: KeyValue | undefined;
}

/** The closed set of what a request can fail with inside MVCC; texts are etcd's. */
export const MvccErrorCode = {
  compacted: 'compacted',
  futureRevision: 'future-revision',
  keyNotFound: 'key-not-found',
  emptyKey: 'empty-key',
  tooManyOps: 'too-many-ops',
  duplicateKey: 'duplicate-key',
  valueProvided: 'value-provided',
  leaseProvided: 'lease-provided',
  leaseNotFound: 'lease-not-found',
  leaseExists: 'lease-exists',
  leaseTtlTooLarge: 'lease-ttl-too-large',
  invalidSort: 'invalid-sort',
  emptyWatchRange: 'empty-watch-range',
} as const;
export type MvccErrorCode = (typeof MvccErrorCode)[keyof typeof MvccErrorCode];

export interface MvccError {
  readonly code: MvccErrorCode;
  /** etcd's own words: `etcdserver: mvcc: required revision has been compacted`. */
  readonly message: string;
}
