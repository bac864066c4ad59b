import type { LogIndex, NodeId } from '../base/index.js';
import type { Entry, HardState, Message, Snapshot } from './message.js';

export type StateType = 'StateFollower' | 'StateCandidate' | 'StateLeader' | 'StatePreCandidate';

/** Volatile, for routing and for people; never stored. */
export interface SoftState {
  /** 0: unknown. */
  readonly lead: NodeId;
  readonly raftState: StateType;
}

/**
 * A read that was asked with `context` may be served once everything up to `index` is applied
 * (thesis §6.4).
 */
export interface ReadState {
  readonly index: LogIndex;
  readonly context: Uint8Array;
}

/**
 * What the host has to do, in this order: (1) store `snapshot`, `entries` and `hardState`, durably
 * where `mustSync`; (2) send `messages`; (3) apply `snapshot`, then `committedEntries`; (4)
 * `advance()`. Everything is read-only.
 *
 * With `asyncStorageWrites` only `messages` and `readStates` need handling: the MsgStorageAppend
 * and MsgStorageApply among them carry the rest, all other messages may go at once, and there is no
 * `advance`.
 */
export interface Ready {
  /** Present where it changed. */
  readonly softState?: SoftState;
  /** Present where it changed. */
  readonly hardState?: HardState;
  readonly readStates: readonly ReadState[];
  /** To append to the stable log; they replace what is there from their first index on. */
  readonly entries: readonly Entry[];
  /** Replaces the stable log and the state machine's state. */
  readonly snapshot?: Snapshot;
  readonly committedEntries: readonly Entry[];
  /** A MsgSnap among them must be answered by `reportSnapshot` in the end. */
  readonly messages: readonly Message[];
  /**
   * True where entries, term or vote must be on disk before anything is sent; else losing it is
   * harmless.
   */
  readonly mustSync: boolean;
}
