import type { Operation } from './operation.js';

/** etcd's requests and answers as a checker needs them: values are texts, and there are no leases. */
export interface StoredKey {
  readonly key: string;
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  /** Counts the puts since the key was created, from 1. */
  readonly version: number;
}

/** `[key, rangeEnd)`; without `rangeEnd` just the key. */
export interface StoreRange {
  readonly key: string;
  readonly rangeEnd?: string | undefined;
}

export type StoreAction =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | ({ readonly type: 'delete' } & StoreRange)
  | ({ readonly type: 'range' } & StoreRange);

export interface StoreCompare {
  readonly key: string;
  readonly target: 'mod' | 'create' | 'version';
  readonly result: '=' | '!=' | '<' | '>';
  readonly value: number;
}

export interface StoreTxn {
  readonly type: 'txn';
  readonly compare: readonly StoreCompare[];
  readonly success: readonly StoreAction[];
  readonly failure: readonly StoreAction[];
}

export type StoreInput =
  /** `revision` 0 or absent: the newest. */
  | ({ readonly type: 'range'; readonly revision?: number | undefined } & StoreRange)
  | StoreTxn
  | { readonly type: 'compact'; readonly revision: number };

/** By action of the branch that ran, in its order. */
export type StoreActionOutput =
  | { readonly type: 'put' }
  | { readonly type: 'delete'; readonly deleted: number }
  | { readonly type: 'range'; readonly kvs: readonly StoredKey[] };

/** `revision` is that of the answer's header: the store's when the operation took effect. */
export type StoreOutput =
  | { readonly type: 'range'; readonly revision: number; readonly kvs: readonly StoredKey[] }
  | {
      readonly type: 'txn';
      readonly revision: number;
      readonly succeeded: boolean;
      readonly results: readonly StoreActionOutput[];
    }
  | { readonly type: 'compact' }
  | { readonly type: 'refused'; readonly code: 'compacted' | 'future-revision' };

export type StoreOperation = Operation<StoreInput, StoreOutput>;

/** What happened to a key at a revision: it got this value, or null: it was deleted. */
export interface StoreChange {
  readonly key: string;
  readonly value: string | null;
}

export function inRange({ key, rangeEnd }: StoreRange, candidate: string): boolean {
  return rangeEnd === undefined ? candidate === key : candidate >= key && candidate < rangeEnd;
}
