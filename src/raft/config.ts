import { assert } from '../base/index.js';
import type { LogIndex, Log, NodeId, Random } from '../base/index.js';
import { isLocalTarget, NONE } from './message.js';
import type { Storage } from './storage.js';
import type { Trace } from './trace.js';

/**
 * `safe`: a read asks a majority (thesis §6.4). `lease-based`: trusts the leader's lease, and so
 * bounded clock drift.
 */
export type ReadOnlyOption = 'safe' | 'lease-based';

/**
 * How a replica runs. What may be left out has the default that is named; sizes may be `Infinity`.
 */
export interface Config {
  /** This node's id, from 1. */
  readonly id: NodeId;
  /**
   * Ticks without a leader before a campaign; the timeout is drawn from [electionTick, 2 ×
   * electionTick).
   */
  readonly electionTick: number;
  /** Ticks between a leader's heartbeats; below `electionTick`, ten times below for calm. */
  readonly heartbeatTick: number;
  readonly storage: Storage;
  /** Draws the election timeouts. */
  readonly random: Random;
  readonly log: Log;
  /** Told of each event of an election as it happens, synchronously. It must not call the node. */
  readonly trace?: Trace;
  /**
   * On restart: the last index whose effects the state machine already has. Default: the
   * snapshot's.
   */
  readonly applied?: LogIndex;
  /**
   * Hands out MsgStorageAppend and MsgStorageApply in `Ready.messages`, whose responses are to be
   * stepped when the write is durable (applied), instead of one `advance` for all. Writes can then
   * be pipelined. Default false.
   */
  readonly asyncStorageWrites?: boolean;
  /** Bytes of the entries of one MsgApp; 0: one entry each. */
  readonly maxSizePerMsg: number;
  /**
   * Bytes of the committed entries that are handed out and not yet applied. Default
   * `maxSizePerMsg`.
   */
  readonly maxCommittedSizePerReady?: number;
  /**
   * Payload bytes of the leader's uncommitted tail; beyond it proposals are dropped. Default 0: no
   * limit.
   */
  readonly maxUncommittedEntriesSize?: number;
  /** MsgApps under way to one follower. */
  readonly maxInflightMsgs: number;
  /** Payload bytes under way to one follower, at least `maxSizePerMsg`. Default 0: no limit. */
  readonly maxInflightBytes?: number;
  /**
   * A leader that hears no majority for an election timeout steps down; followers keep a live
   * leader's lease.
   */
  readonly checkQuorum?: boolean;
  /** Ask for votes before raising the term (thesis §9.6). */
  readonly preVote?: boolean;
  /** Default `safe`. `lease-based` needs `checkQuorum`. */
  readonly readOnlyOption?: ReadOnlyOption;
  /** A follower drops proposals instead of sending them to its leader. */
  readonly disableProposalForwarding?: boolean;
  /** Takes configuration changes unchecked: only for a host that orders and checks them itself. */
  readonly disableConfChangeValidation?: boolean;
  /** A leader that is removed or demoted steps down when it applies that. */
  readonly stepDownOnRemoval?: boolean;
}

/** The configuration with its defaults filled in; sizes without a limit are `Infinity`. */
export type CheckedConfig = Required<Omit<Config, 'trace'>> & { readonly trace: Trace };

const noTrace: Trace = () => undefined;

/** A configuration that breaks a rule is a programmer's error: it throws. */
export function checkConfig(config: Config): CheckedConfig {
  assert(config.id !== NONE, 'cannot use none as id');
  assert(!isLocalTarget(config.id), 'cannot use local target as id');
  assert(config.heartbeatTick > 0, 'heartbeat tick must be greater than 0');
  assert(
    config.electionTick > config.heartbeatTick,
    'election tick must be greater than heartbeat tick',
  );
  assert(config.maxInflightMsgs > 0, 'max inflight messages must be greater than 0');
  const maxInflightBytes = orUnlimited(config.maxInflightBytes);
  assert(
    maxInflightBytes >= config.maxSizePerMsg,
    'max inflight bytes must be >= max message size',
  );
  const readOnlyOption = config.readOnlyOption ?? 'safe';
  const checkQuorum = config.checkQuorum ?? false;
  assert(
    readOnlyOption !== 'lease-based' || checkQuorum,
    'CheckQuorum must be enabled when ReadOnlyOption is ReadOnlyLeaseBased',
  );
  const maxCommitted = config.maxCommittedSizePerReady ?? 0;
  return {
    ...config,
    trace: config.trace ?? noTrace,
    applied: config.applied ?? (0 as LogIndex),
    asyncStorageWrites: config.asyncStorageWrites ?? false,
    // At least 1, so that there is always room for one entry.
    maxCommittedSizePerReady: Math.max(1, maxCommitted === 0 ? config.maxSizePerMsg : maxCommitted),
    maxUncommittedEntriesSize: orUnlimited(config.maxUncommittedEntriesSize),
    maxInflightBytes,
    checkQuorum,
    preVote: config.preVote ?? false,
    readOnlyOption,
    disableProposalForwarding: config.disableProposalForwarding ?? false,
    disableConfChangeValidation: config.disableConfChangeValidation ?? false,
    stepDownOnRemoval: config.stepDownOnRemoval ?? false,
  };
}

function orUnlimited(size: number | undefined): number {
  return size === undefined || size === 0 ? Infinity : size;
}
