import { assertDefined } from '../base/index.js';
import type { Clock, Log, NodeId, Random, Term } from '../base/index.js';
import { EntryType, newRawNode } from '../raft/index.js';
import type {
  Entry,
  Message,
  RawNode,
  Ready,
  ReadState,
  SnapshotMetadata,
  Trace,
} from '../raft/index.js';
import { applyMemberEntry } from './member-entry.js';
import type { MemberChanged } from './member-entry.js';
import type { ReplicaLog } from './replica-log.js';
import type { ReplicaSettings } from './replica-settings.js';
import type { ReceivedSnapshot } from './snapshot-receiver.js';
import type { AppliedResult, StateMachine } from './state-machine.js';
import type { RestoredState } from './state-restorer.js';

/**
 * Ready after ready in one turn, at most so many and for at most so long; what is left waits for the next turn. So a replica
 * that replays its log takes part in Raft meanwhile: entries are stored and acknowledged before they are applied.
 */
const READIES_PER_TURN = 32;
const TURN_MS = 10;
const COMMITTED_BYTES_PER_READY = 64 * 1024;
const MIB = 1024 * 1024;
const NONE: readonly Message[] = [];

export interface ReplicaCorePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly trace: Trace;
  send(messages: readonly Message[]): void;
  /** What was sent is to leave before the disk blocks this thread. */
  flush(): void;
  confirmed(reads: readonly ReadState[]): void;
  /** Entries are about to be applied; afterwards, how long it took. */
  applying(): void;
  appliedIn(fromMs: number, ms: number): void;
  applied(results: readonly AppliedResult[], entryBytes: number): void;
  /** A change of the members was applied, or refused. */
  memberChanged(changed: MemberChanged): void;
  /** The state was replaced by a leader's snapshot. */
  restored(): void;
}

export interface ReplicaCoreParts {
  readonly settings: ReplicaSettings;
  readonly log: ReplicaLog;
  readonly machine: StateMachine;
}

/** Raft, its log and the state machine as one: what `Ready` says is done in its order. */
export class ReplicaCore {
  readonly node: RawNode;
  readonly log: ReplicaLog;
  readonly machine: StateMachine;
  readonly #ports: ReplicaCorePorts;
  #durableTerm: Term;
  #durableVote: NodeId;
  /** Ticks that passed since the last ready. */
  #ticks = 0;
  #stirred = false;
  /** What the snapshots hold that were received in this turn. */
  readonly #received: RestoredState[] = [];

  constructor(parts: ReplicaCoreParts, ports: ReplicaCorePorts) {
    const { settings } = parts;
    this.log = parts.log;
    this.machine = parts.machine;
    this.#ports = ports;
    this.#durableTerm = parts.log.hardState.term;
    this.#durableVote = parts.log.hardState.vote;
    this.node = newRawNode({
      id: settings.nodeId,
      electionTick: settings.electionTicks,
      heartbeatTick: settings.heartbeatTicks,
      storage: parts.log.storage,
      random: ports.random,
      log: ports.log,
      trace: ports.trace,
      applied: parts.machine.appliedIndex,
      maxSizePerMsg: MIB,
      maxCommittedSizePerReady: COMMITTED_BYTES_PER_READY,
      maxUncommittedEntriesSize: 64 * MIB,
      maxInflightMsgs: 256,
      maxInflightBytes: 32 * MIB,
      checkQuorum: true,
      preVote: true,
      disableProposalForwarding: true,
      stepDownOnRemoval: true,
    });
  }

  get leads(): boolean {
    return this.node.basicStatus().raftState === 'StateLeader';
  }

  /** The last turn did more than to send, take or answer heartbeats. */
  get stirred(): boolean {
    return this.#stirred;
  }

  /** So many ticks have passed. */
  pass(ticks: number): void {
    for (let n = 0; n < ticks; n++) this.node.tick();
    this.#ticks += ticks;
  }

  /** Raft takes a snapshot in place of the state and the log, or finds that it does not need it. */
  stepSnapshot({ message, state }: ReceivedSnapshot): void {
    this.#received.push(state);
    this.node.step(message);
  }

  /** Does the outstanding work. True: there is more, for a later turn. */
  process(): boolean {
    this.#stirred = false;
    const more = this.#processReadies();
    this.#ticks = 0;
    // The first ready brings a snapshot that Raft has taken: those that are left were not needed.
    this.#received.length = 0;
    return more;
  }

  #processReadies(): boolean {
    const endMs = this.#ports.clock.monotonicMs() + TURN_MS;
    for (let count = 0; count < READIES_PER_TURN; count++) {
      if (!this.node.hasReady()) return false;
      this.#handle(this.node.ready());
      this.node.advance();
      if (this.#ports.clock.monotonicMs() > endMs) break;
    }
    return this.node.hasReady();
  }

  #handle(ready: Ready): void {
    this.#stirred ||= stirs(ready);
    const [before, after] = this.#aroundSync(ready);
    if (before.length > 0) this.#ports.send(before);
    if (before.length > 0 && ready.mustSync) this.#ports.flush();
    this.log.persist(ready);
    this.#durableTerm = ready.hardState?.term ?? this.#durableTerm;
    this.#durableVote = ready.hardState?.vote ?? this.#durableVote;
    if (after.length > 0) this.#ports.send(after);
    if (ready.snapshot !== undefined) this.#install(ready.snapshot.metadata);
    this.#ports.confirmed(ready.readStates);
    if (ready.committedEntries.length > 0) this.#applyAll(ready.committedEntries);
  }

  /**
   * What may leave while the disk still writes, and what must not. A leader may send entries (thesis §10.2.1), and a candidate ask
   * for votes: its own ack and its own vote count only once they are durable. Should the candidate die before, and come back
   * with less than it has claimed to have, then no vote for that claim reaches it: an answer goes to one life, never to the next.
   */
  #aroundSync(ready: Ready): readonly [before: readonly Message[], after: readonly Message[]] {
    const messages = this.#ticks > 1 ? lastHeartbeats(ready.messages) : ready.messages;
    if (this.leads && !this.#votesChange(ready)) return [messages, NONE];
    if (!messages.some(asksForVote)) return [NONE, messages];
    return [messages.filter(asksForVote), messages.filter((message) => !asksForVote(message))];
  }

  #votesChange(ready: Ready): boolean {
    const next = ready.hardState;
    return (
      next !== undefined && (next.term !== this.#durableTerm || next.vote !== this.#durableVote)
    );
  }

  #applyAll(entries: readonly Entry[]): void {
    const beganMs = this.#ports.clock.monotonicMs();
    this.#ports.applying();
    for (const entry of entries) this.#apply(entry);
    this.#ports.appliedIn(beganMs, this.#ports.clock.monotonicMs() - beganMs);
  }

  #apply(entry: Entry): void {
    if (entry.type === EntryType.normal) {
      const results = this.machine.apply(entry.index, entry.term, entry.data);
      this.#ports.applied(results, entry.data.length);
      return;
    }
    const changed = applyMemberEntry(this.node, this.machine, entry);
    this.log.persistCommit(entry.index);
    this.#ports.memberChanged(changed);
  }

  #install({ index, term }: SnapshotMetadata): void {
    const state = this.#received.find(
      ({ meta }) => meta.appliedIndex === index && meta.appliedTerm === term,
    );
    this.machine.install(assertDefined(state, 'what the received snapshot holds'));
    this.#ports.restored();
  }
}

function asksForVote({ type }: Message): boolean {
  return type === 'MsgVote' || type === 'MsgPreVote';
}

function stirs({ mustSync, softState, committedEntries, messages, snapshot }: Ready): boolean {
  return (
    mustSync ||
    softState !== undefined ||
    snapshot !== undefined ||
    committedEntries.length > 0 ||
    !messages.every(({ type }) => type === 'MsgHeartbeat' || type === 'MsgHeartbeatResp')
  );
}

/** Ticks that pass at once send as many heartbeats: the last one to each says what all of them do, but for those that confirm reads. */
function lastHeartbeats(messages: readonly Message[]): readonly Message[] {
  const isPlain = ({ type, readPosition }: Message): boolean =>
    type === 'MsgHeartbeat' && readPosition === 0;
  const last = new Map(messages.filter(isPlain).map((message) => [message.to, message]));
  return messages.filter((message) => !isPlain(message) || last.get(message.to) === message);
}
