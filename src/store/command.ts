import { concatBytes } from '../base/index.js';
import type { NodeId, Result, Revision } from '../base/index.js';
import { decodeValues, encodeValue } from '../codec/index.js';
import type { TxnRequest, TxnResponse } from '../mvcc/index.js';
import type { Alarm, StoreError, WriteSession } from '../protocol/index.js';
import { fromWire, toWire } from './command-wire.js';
import type { WireCommand } from './command-wire.js';

/**
 * Names a proposal, so that the replica which made it finds the caller that waits for it when the entry is applied.
 * `life` is drawn anew at each start of a replica: an entry of an earlier life is nobody's.
 */
export interface RequestId {
  readonly replica: NodeId;
  readonly life: number;
  readonly sequence: number;
}

/** What a log entry asks the state machine to do. */
export type Command =
  | {
      readonly type: 'txn';
      readonly request: TxnRequest;
      readonly session?: WriteSession | undefined;
    }
  | { readonly type: 'compact'; readonly revision: number }
  | { readonly type: 'leaseGrant'; readonly id: bigint; readonly ttlSeconds: number }
  | { readonly type: 'leaseRevoke'; readonly id: bigint }
  /** The leader found these expired. Unknown ones are passed over; the keys of each go in one revision. */
  | { readonly type: 'leaseExpire'; readonly ids: readonly bigint[] }
  /** How much of long leases is left, so that a new leader does not give them their whole time again. */
  | { readonly type: 'leaseCheckpoint'; readonly leases: readonly LeaseCheckpoint[] }
  | {
      readonly type: 'alarm';
      readonly action: 'raise' | 'clear';
      readonly alarms: readonly Alarm[];
    };

export interface LeaseCheckpoint {
  readonly id: bigint;
  readonly remainingTtlSeconds: number;
}

/** `revision` is the store's after the command: the one for the reply's header (a repeated write gives its first one). */
export type CommandOutcome = Result<CommandResponse & { readonly revision: Revision }, StoreError>;
export type CommandResponse =
  | { readonly type: 'txn'; readonly response: TxnResponse }
  | { readonly type: 'compact' }
  | { readonly type: 'leaseGrant'; readonly id: bigint; readonly ttlSeconds: number }
  | { readonly type: 'leaseRevoke'; readonly ids: readonly bigint[] }
  | { readonly type: 'leaseCheckpoint' }
  | { readonly type: 'alarm'; readonly alarms: readonly Alarm[] };

/** One of those that a normal Raft entry holds, one behind the other. */
export interface Proposal {
  readonly requestId: RequestId;
  readonly command: Command;
}

type WireProposal = readonly [
  replica: NodeId,
  life: number,
  sequence: number,
  command: WireCommand,
];

export function encodeProposal({ requestId, command }: Proposal): Uint8Array {
  const { replica, life, sequence } = requestId;
  return encodeValue([replica, life, sequence, toWire(command)] satisfies WireProposal);
}

/** What is larger than this stands in an entry alone, so that applying one is a millisecond or two. */
const ENTRY_BYTES = 64 * 1024;

/** The data of as few entries as hold all these proposals, in order: what an entry costs, it costs them together. */
export function joinProposals(proposals: readonly Uint8Array[]): readonly Uint8Array[] {
  const entries: Uint8Array[] = [];
  let from = 0;
  let bytes = 0;
  for (let at = 0; at <= proposals.length; at++) {
    const next = proposals[at];
    const full = next === undefined || bytes + next.length > ENTRY_BYTES;
    if (full && at > from) {
      entries.push(concatBytes(proposals.slice(from, at)));
      from = at;
      bytes = 0;
    }
    bytes += next?.length ?? 0;
  }
  return entries;
}

/** The proposals of an entry's data. Trusts its input: it was checksummed when it was written and has been read back whole. */
export function decodeProposals(data: Uint8Array): readonly Proposal[] {
  return (decodeValues(data) as WireProposal[]).map(([replica, life, sequence, command]) => ({
    requestId: { replica, life, sequence },
    command: fromWire(command),
  }));
}
