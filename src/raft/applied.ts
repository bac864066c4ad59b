import { shrinkUncommitted } from './append-entries.js';
import { entriesSizeBytes, payloadsSizeBytes } from './entry-size.js';
import { appliedTo } from './log.js';
import type { Entry, Snapshot } from './message.js';
import { maybeAutoLeave } from './proposal.js';
import type { Raft } from './state.js';
import { stableSnapshotTo } from './unstable.js';

/** The state machine has these entries. */
export function appliedEntries(raft: Raft, entries: readonly Entry[]): void {
  const last = entries.at(-1);
  if (last === undefined) return;
  advanceApplied(raft, last.index, entriesSizeBytes(entries));
  shrinkUncommitted(raft, payloadsSizeBytes(entries));
}

/** Storage and the state machine have this snapshot. */
export function appliedSnapshot(raft: Raft, snapshot: Snapshot): void {
  stableSnapshotTo(raft.log.unstable, snapshot.metadata.index);
  advanceApplied(raft, snapshot.metadata.index, 0);
}

function advanceApplied(raft: Raft, index: number, bytes: number): void {
  appliedTo(raft.log, Math.max(index, raft.log.applied), bytes);
  maybeAutoLeave(raft);
}
