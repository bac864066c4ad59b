import type { RangeRequest, TxnRequest } from '../mvcc/index.js';

const KEY_CHARACTERS_MAX = 200;

/** What a request is called in a trace: the operation, and the key that it is about. Never a value. */
export function describeStoreRequest(operation: string, request: unknown): string {
  if (operation === 'range') return named(operation, (request as RangeRequest).key);
  if (operation !== 'txn') return operation;
  const { success, compare } = request as TxnRequest;
  const [first] = success;
  if (first === undefined || first.type === 'txn') return named(operation, compare[0]?.key);
  return named(`${operation} ${first.type}`, first.key);
}

/** A key is any bytes; what is no printable ASCII would only disturb. */
function named(operation: string, key: string | undefined): string {
  if (key === undefined) return operation;
  return `${operation} ${key.slice(0, KEY_CHARACTERS_MAX).replaceAll(/[^\x20-\x7e]/g, '.')}`;
}
