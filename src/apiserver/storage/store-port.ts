import type { AskReply, AskRequest } from '../../actor/index.js';
import type { StoreClient } from '../../store/index.js';
import type { StoreProtocol, WatchBatch } from '../../protocol/index.js';

/** The store as the API server sees it. An external etcd may stand behind it as well. */
export type StorePort = StoreClient;
export type TxnRequest = Omit<AskRequest<StoreProtocol, 'txn'>, 'session'>;
type ValueOf<R> = R extends { readonly ok: true; readonly value: infer V } ? V : never;
export type RangeValue = ValueOf<AskReply<StoreProtocol, 'range'>>;
export type TxnValue = ValueOf<AskReply<StoreProtocol, 'txn'>>;
export type KeyValue = RangeValue['kvs'][number];
export type StoreEvent = WatchBatch['events'][number];

/** The end of the range of all keys that begin with `prefix`. The last byte of our prefixes is `/`. */
export function prefixEnd(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}
