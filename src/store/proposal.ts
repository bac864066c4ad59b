import type { NodeId } from '../base/index.js';
import { decodeValues, encodeValue, encodeValueInPlace } from '../codec/index.js';
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

function proposalToWire({ requestId, command }: Proposal): WireProposal {
  const { replica, life, sequence } = requestId;
  return [replica, life, sequence, toWire(command)];
}

/** What is larger than this stands in an entry alone, so that applying one is a millisecond or two. */
const ENTRY_BYTES = 64 * 1024;

/**
 * The data of as few entries as hold the proposals that are added, one behind the other, in order: what an entry costs, it costs
 * them together.
 */
export class GatheredEntries {
  #entries: Uint8Array[] = [];
  /** The next entry: made when it is needed, and used for all. */
  #memory: Uint8Array | undefined;
  #bytes = 0;

  /** False: it is larger than `bytesMax`, and not added. */
  add(proposal: Proposal, bytesMax = Infinity): boolean {
    const data = encodeValueInPlace(proposalToWire(proposal));
    if (data.length > bytesMax) return false;
    if (this.#bytes + data.length > ENTRY_BYTES) this.#close();
    if (data.length > ENTRY_BYTES) this.#entries.push(data.slice());
    else {
      this.#memory ??= new Uint8Array(ENTRY_BYTES);
      this.#memory.set(data, this.#bytes);
      this.#bytes += data.length;
    }
    return true;
  }

  /** The next one that is added begins anew. */
  take(): readonly Uint8Array[] {
    this.#close();
    const entries = this.#entries;
    this.#entries = [];
    return entries;
  }

  #close(): void {
    if (this.#memory === undefined || this.#bytes === 0) return;
    this.#entries.push(this.#memory.slice(0, this.#bytes));
    this.#bytes = 0;
  }
}

/** The data of an entry with one proposal. */
export function encodeProposal(proposal: Proposal): Uint8Array {
  return encodeValue(proposalToWire(proposal));
}

/** The proposals of an entry's data. Trusts its input: it was checksummed when it was written and has been read back whole. */
export function decodeProposals(data: Uint8Array): readonly Proposal[] {
  return (decodeValues(data) as WireProposal[]).map(proposalFromWire);
}

function proposalFromWire(wire: WireProposal): Proposal {
  const command = wire[3];
  return {
    requestId: { replica: wire[0], life: wire[1], sequence: wire[2] },
    command: isWire(command) ? fromWire(command) : command,
  };
}

function isWire(command: WireCommand | Command): command is WireCommand {
  return Array.isArray(command);
}
