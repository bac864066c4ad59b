import type { LogIndex, NodeId, Term } from '../base/index.js';
import { randomBelow } from '../base/index.js';
import type { CheckedConfig } from './config.js';
import type { Log } from '../base/index.js';
import { newLog } from './log.js';
import type { RaftLog } from './log.js';
import type { HardState, Message } from './message.js';
import { newReadQueue } from './read-queue.js';
import type { ReadQueue } from './read-queue.js';
import type { ReadState, SoftState, StateType } from './ready.js';
import { newTracker } from './tracker.js';
import type { ProgressTracker } from './tracker.js';
import type { CampaignReason } from './trace.js';

/**
 * All that a replica knows. Owned by one RawNode and changed in place by the phases of the
 * protocol: `role`, `campaign`, `vote`, `leader`, `follower`, `replication` and so on. Indexes and
 * terms are plain numbers in here, and get their brands where they leave the engine.
 */
export interface Raft {
  readonly id: NodeId;
  readonly config: CheckedConfig;
  readonly logger: Log;
  readonly log: RaftLog;
  tracker: ProgressTracker;

  term: number;
  /** The candidate that has this node's vote in this term; 0 is none. */
  vote: number;
  role: StateType;
  /** 0: unknown. */
  lead: number;
  isLearner: boolean;
  /** To whom leadership is being handed over (thesis §3.10); 0 is nobody. */
  leadTransferee: number;
  /** Why the campaign that runs now was started. */
  campaignReason: CampaignReason;

  /**
   * Ticks since the leader was heard (follower), or since the last check of the quorum (leader).
   */
  electionElapsed: number;
  heartbeatElapsed: number;
  randomizedElectionTimeout: number;

  /** To be sent at once. */
  messages: Message[];
  /**
   * Answers that vouch for something: they wait until all that is unstable now is durable. Some go
   * to this node.
   */
  messagesAfterAppend: Message[];
  readStates: ReadState[];

  /**
   * At or beyond the last configuration change in the log that is not applied; the next one has to
   * wait for it.
   */
  pendingConfIndex: number;
  /** Of the last snapshot that was received. */
  restoredIndex: number;
  /** Payload bytes of the uncommitted tail: the leader's estimate, never too high. */
  uncommittedBytes: number;
  reads: ReadQueue;
  /** Reads that came before this leader had committed anything in its term. */
  pendingReads: Message[];
}

/** The state before anything was loaded from storage. */
export function newState(config: CheckedConfig): Raft {
  return {
    id: config.id,
    config,
    logger: config.log,
    log: newLog(config.storage, config.log, config.maxCommittedSizePerReady),
    tracker: newTracker(config.maxInflightMsgs, config.maxInflightBytes),
    term: 0,
    vote: 0,
    role: 'StateFollower',
    lead: 0,
    isLearner: false,
    leadTransferee: 0,
    campaignReason: 'election-timeout',
    electionElapsed: 0,
    heartbeatElapsed: 0,
    randomizedElectionTimeout: config.electionTick,
    messages: [],
    messagesAfterAppend: [],
    readStates: [],
    pendingConfIndex: 0,
    restoredIndex: 0,
    uncommittedBytes: 0,
    reads: newReadQueue(),
    pendingReads: [],
  };
}

export function softStateOf(raft: Raft): SoftState {
  return { lead: raft.lead as NodeId, raftState: raft.role };
}

export function hardStateOf(raft: Raft): HardState {
  return {
    term: raft.term as Term,
    vote: raft.vote as NodeId,
    commit: raft.log.committed as LogIndex,
  };
}

/**
 * Draws from [electionTick, 2 × electionTick), anew for each term and role, so that votes seldom
 * split (Raft §5.2).
 */
export function drawElectionTimeout(raft: Raft): void {
  const { electionTick, random } = raft.config;
  raft.randomizedElectionTimeout = electionTick + randomBelow(random, electionTick);
}

/** A voter that is not waiting for a snapshot may campaign. */
export function promotable(raft: Raft): boolean {
  const progress = raft.tracker.progress.get(raft.id);
  return progress !== undefined && !progress.isLearner && raft.log.unstable.snapshot === null;
}
