import { assert } from '../base/index.js';
import { entriesSizeBytes } from './entry-size.js';
import { acceptApplying, hasNextCommitted, nextCommitted } from './log.js';
import { hardStatesEqual, isEmptyHardState } from './message.js';
import type { HardState, Message } from './message.js';
import type { Ready, SoftState } from './ready.js';
import { hardStateOf, softStateOf } from './state.js';
import type { Raft } from './state.js';
import {
  needsAppend,
  needsAppendResponse,
  storageAppend,
  storageAppendResponse,
  storageApply,
  storageApplyResponse,
} from './storage-messages.js';
import { step } from './step.js';
import { acceptInProgress, hasNextEntries, nextEntries, nextSnapshot } from './unstable.js';

/** What the host was told last, and what it owes. */
export interface ReadyQueue {
  readonly raft: Raft;
  softState: SoftState;
  hardState: HardState;
  /**
   * To be stepped when the host has done its work; with asynchronous writes its storage threads do
   * that.
   */
  stepsOnAdvance: readonly Message[];
}

export function newReadyQueue(raft: Raft): ReadyQueue {
  return {
    raft,
    softState: softStateOf(raft),
    hardState: hardStateOf(raft),
    stepsOnAdvance: [],
  };
}

/**
 * Committed entries may be applied before they are on this node's own disk only where one Ready
 * does both in order.
 */
function allowUnstable(raft: Raft): boolean {
  return !raft.config.asyncStorageWrites;
}

export function hasReady(queue: ReadyQueue): boolean {
  const { raft } = queue;
  return (
    softStateChanged(queue) ||
    hardStateChanged(queue) ||
    raft.messages.length > 0 ||
    raft.messagesAfterAppend.length > 0 ||
    raft.readStates.length > 0 ||
    nextSnapshot(raft.log.unstable) !== null ||
    hasNextEntries(raft.log.unstable) ||
    hasNextCommitted(raft.log, allowUnstable(raft))
  );
}

function softStateChanged({ raft, softState }: ReadyQueue): boolean {
  return raft.lead !== softState.lead || raft.role !== softState.raftState;
}

function hardStateChanged({ raft, hardState }: ReadyQueue): boolean {
  const current = hardStateOf(raft);
  return !isEmptyHardState(current) && !hardStatesEqual(current, hardState);
}

/** Collects the outstanding work, and marks it as handed out. */
export function takeReady(queue: ReadyQueue): Ready {
  const { raft } = queue;
  const ready = collect(queue);
  if (ready.softState !== undefined) queue.softState = ready.softState;
  if (ready.hardState !== undefined) queue.hardState = ready.hardState;
  if (!raft.config.asyncStorageWrites) {
    assert(queue.stepsOnAdvance.length === 0, 'two accepted Ready structs without call to Advance');
    queue.stepsOnAdvance = answersOf(raft, ready);
  }
  raft.readStates = [];
  raft.messages = [];
  raft.messagesAfterAppend = [];
  acceptInProgress(raft.log.unstable);
  const last = ready.committedEntries.at(-1);
  if (last !== undefined) {
    const bytes = entriesSizeBytes(ready.committedEntries);
    acceptApplying(raft.log, last.index, bytes, allowUnstable(raft));
  }
  return ready;
}

function collect(queue: ReadyQueue): Ready {
  const { raft } = queue;
  const hardState = hardStateOf(raft);
  const entries = nextEntries(raft.log.unstable);
  const snapshot = nextSnapshot(raft.log.unstable);
  const ready: ReadyDraft = {
    readStates: raft.readStates,
    entries,
    committedEntries: nextCommitted(raft.log, allowUnstable(raft)),
    messages: raft.messages,
    mustSync:
      entries.length > 0 ||
      hardState.vote !== queue.hardState.vote ||
      hardState.term !== queue.hardState.term,
  };
  if (softStateChanged(queue)) ready.softState = softStateOf(raft);
  if (hardStateChanged(queue)) ready.hardState = hardState;
  if (snapshot !== null) ready.snapshot = snapshot;
  const behind = outgoing(raft, ready);
  if (behind.length > 0) ready.messages = [...raft.messages, ...behind];
  return ready;
}

type ReadyDraft = { -readonly [Field in keyof Ready]: Ready[Field] };

/**
 * What comes behind the messages that may go at once: the work for storage threads, or what had to
 * wait for the write.
 */
function outgoing(raft: Raft, ready: Ready): Message[] {
  if (!raft.config.asyncStorageWrites) {
    return raft.messagesAfterAppend.filter(({ to }) => to !== raft.id);
  }
  const work: Message[] = [];
  if (needsAppend(raft, ready)) work.push(storageAppend(raft, ready));
  if (ready.committedEntries.length > 0) work.push(storageApply(raft, ready.committedEntries));
  return work;
}

/** What storage threads would answer. */
function answersOf(raft: Raft, ready: Ready): Message[] {
  const answers = raft.messagesAfterAppend.filter(({ to }) => to === raft.id);
  if (needsAppendResponse(raft, ready)) answers.push(storageAppendResponse(raft, ready));
  if (ready.committedEntries.length > 0) {
    answers.push(storageApplyResponse(raft, ready.committedEntries));
  }
  return answers;
}

/** The host has done its work. */
export function advance(queue: ReadyQueue): void {
  const { raft, stepsOnAdvance } = queue;
  assert(
    !raft.config.asyncStorageWrites,
    'Advance must not be called when using AsyncStorageWrites',
  );
  for (const answer of stepsOnAdvance) step(raft, answer);
  queue.stepsOnAdvance = [];
}
