import { concatBytes } from '../base/index.js';
import type { NodeId } from '../base/index.js';
import { decodeValues, encodeValue } from '../codec/index.js';
import type { Command, RequestId } from './command.js';
import { fromWire, toWire } from './command-wire.js';
import type { WireCommand } from './command-wire.js';

/** One of those that a normal Raft entry holds, one behind the other. */
export interface Proposal {
  readonly requestId: RequestId;
  readonly command: Command;
}

type WireProposal = readonly [
  replica: NodeId,
  life: number,
  sequence: number,
  /** With its names in a log of format 1. */
  command: WireCommand | Command,
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
    command: isWire(command) ? fromWire(command) : command,
  }));
}

function isWire(command: WireCommand | Command): command is WireCommand {
  return Array.isArray(command);
}
