import { assertNever } from '../base/index.js';
import type { Compare, Operation, PutRequest, TxnRequest } from '../mvcc/index.js';
import type { WriteSession } from '../protocol/index.js';
import type { Command } from './command.js';

/**
 * Commands as rows of values without names: each replica reads every one of them, and names would be most of that work. The
 * order of the fields and the numbers are part of the log's format.
 */
export type WireCommand =
  | readonly [of: typeof Kind.txn, txn: WireTxn, session: WireSession | null]
  | readonly [of: typeof Kind.other, command: Command];

type WireTxn = readonly [
  compare: readonly WireCompare[],
  success: readonly WireOperation[],
  failure: readonly WireOperation[],
];
type WireCompare = readonly [
  target: Compare['target'],
  result: Compare['result'],
  key: string,
  rangeEnd: string | null,
  value: Compare['value'],
];
type WireOperation =
  | readonly [of: typeof Kind.put, key: string, value: Uint8Array, lease: bigint | 0, flags: number]
  | readonly [of: typeof Kind.range, range: Extract<Operation, { type: 'range' }>]
  | readonly [of: typeof Kind.deleteRange, key: string, rangeEnd: string | null, prevKv: boolean]
  | readonly [of: typeof Kind.txn, txn: WireTxn];
type WireSession = readonly [id: string, sequence: number, answeredBelow: number];

const Kind = { other: 0, txn: 1, put: 2, range: 3, deleteRange: 4 } as const;
const PutFlag = { prevKv: 1, ignoreValue: 2, ignoreLease: 4 } as const;

export function toWire(command: Command): WireCommand {
  if (command.type !== 'txn') return [Kind.other, command];
  const { request, session } = command;
  return [
    Kind.txn,
    txnToWire(request),
    session === undefined ? null : [session.id, session.sequence, session.answeredBelow],
  ];
}

export function fromWire(wire: WireCommand): Command {
  if (wire[0] === Kind.other) return wire[1];
  const [, txn, session] = wire;
  return {
    type: 'txn',
    request: txnFromWire(txn),
    session: session === null ? undefined : sessionFromWire(session),
  };
}

function sessionFromWire([id, sequence, answeredBelow]: WireSession): WriteSession {
  return { id, sequence, answeredBelow };
}

function txnToWire({ compare, success, failure }: TxnRequest): WireTxn {
  return [
    compare.map(({ target, result, key, rangeEnd, value }) => [
      target,
      result,
      key,
      rangeEnd ?? null,
      value,
    ]),
    success.map(operationToWire),
    failure.map(operationToWire),
  ];
}

function txnFromWire([compare, success, failure]: WireTxn): TxnRequest {
  return {
    compare: compare.length === 0 ? NONE : compare.map(compareFromWire),
    success: success.length === 0 ? NONE : success.map(operationFromWire),
    failure: failure.length === 0 ? NONE : failure.map(operationFromWire),
  };
}

function compareFromWire([target, result, key, rangeEnd, value]: WireCompare): Compare {
  return { target, result, key, rangeEnd: rangeEnd ?? undefined, value };
}

/** Most transactions lack one of the three. */
const NONE: readonly never[] = [];

function operationToWire(operation: Operation): WireOperation {
  switch (operation.type) {
    case 'put': {
      const { key, value, lease = 0n } = operation;
      return [Kind.put, key, value, lease === 0n ? 0 : lease, putFlags(operation)];
    }
    case 'range': {
      return [Kind.range, operation];
    }
    case 'deleteRange': {
      const { key, rangeEnd = null, prevKv = false } = operation;
      return [Kind.deleteRange, key, rangeEnd, prevKv];
    }
    case 'txn':
      return [Kind.txn, txnToWire(operation)];
    default:
      return assertNever(operation, 'operation');
  }
}

function putFlags({ prevKv, ignoreValue, ignoreLease }: PutRequest): number {
  return (
    (prevKv === true ? PutFlag.prevKv : 0) |
    (ignoreValue === true ? PutFlag.ignoreValue : 0) |
    (ignoreLease === true ? PutFlag.ignoreLease : 0)
  );
}

function operationFromWire(wire: WireOperation): Operation {
  switch (wire[0]) {
    case Kind.put: {
      const [, key, value, lease, flags] = wire;
      return {
        type: 'put',
        key,
        value,
        lease: lease === 0 ? 0n : lease,
        prevKv: (flags & PutFlag.prevKv) !== 0,
        ignoreValue: (flags & PutFlag.ignoreValue) !== 0,
        ignoreLease: (flags & PutFlag.ignoreLease) !== 0,
      };
    }
    case Kind.range:
      return wire[1];
    case Kind.deleteRange: {
      const [, key, rangeEnd, prevKv] = wire;
      return { type: 'deleteRange', key, rangeEnd: rangeEnd ?? undefined, prevKv };
    }
    case Kind.txn:
      return { type: 'txn', ...txnFromWire(wire[1]) };
    default:
      return assertNever(wire, 'operation');
  }
}
