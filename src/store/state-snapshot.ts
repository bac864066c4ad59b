import type { LogIndex, Revision, Term } from '../base/index.js';
import type { ConfState } from '../raft/index.js';

/** What a state image says of itself. */
export interface StateSnapshotMeta {
  /** Of the chunks' format; a restorer refuses one that it does not know. */
  readonly formatVersion: number;
  readonly appliedIndex: LogIndex;
  readonly appliedTerm: Term;
  readonly confState: ConfState;
  readonly revision: Revision;
  readonly compactRevision: Revision;
}

/**
 * An open image of the whole state at one applied index. The chunks may be taken at leisure: what is applied in the
 * meantime is not in them. Each is a fresh array of about 256 KiB with its own checksum.
 */
export interface StateSnapshot {
  readonly meta: StateSnapshotMeta;
  readonly chunks: Iterator<Uint8Array, undefined>;
  /** Lets go of the image; after it `chunks` is at its end. */
  close(): void;
}

/** Why chunks were refused. The state is as it was before. */
export interface StateSnapshotError {
  readonly code: 'corrupt';
  readonly message: string;
}
