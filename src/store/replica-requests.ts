import { assert, failed, ok } from '../base/index.js';
import type { Clock, Result } from '../base/index.js';
import type { AskCall } from '../actor/index.js';
import type { MvccError, RangeRequest, RangeResponse } from '../mvcc/index.js';
import type { StoreError, StoreHeader, StoreResult } from '../protocol/index.js';
import type { Command, CommandOutcome, CommandResponse } from './command.js';
import type { DiskRoom } from './disk-room.js';
import { LinearizableReads } from './linearizable-reads.js';
import { PendingRequests } from './pending-requests.js';
import type { Waiter } from './pending-requests.js';
import { GatheredEntries } from './proposal.js';
import { costBytes } from './quota.js';
import type { ReplicaCore } from './replica-core.js';
import type { ReplicaSettings } from './replica-settings.js';
import type { AppliedResult } from './state-machine.js';
import { storeErrors } from './store-errors.js';

export interface ReplicaRequestsParts {
  readonly clock: Clock;
  readonly settings: ReplicaSettings;
  readonly core: ReplicaCore;
  readonly room: Pick<DiskRoom, 'refusal' | 'overflow' | 'turnEnded'>;
  /** A write was refused for want of space. */
  readonly outOfSpace: () => void;
  /** Tells this life's proposals from those of earlier ones. */
  readonly life: number;
}

interface Call {
  readonly deadlineMs: number;
}

/** Who asked for a write. */
interface WriteCall<T> extends Call {
  reply(result: StoreResult<T>): void;
}

/** A write that waits for its outcome; its caller gets what `pick` makes of that. */
class WaitingWrite<T extends object> implements Waiter<CommandOutcome> {
  readonly deadlineMs: number;
  readonly #requests: ReplicaRequests;
  readonly #call: WriteCall<T>;
  readonly #pick: (response: CommandResponse) => T;

  constructor(
    requests: ReplicaRequests,
    deadlineMs: number,
    call: WriteCall<T>,
    pick: (response: CommandResponse) => T,
  ) {
    this.#requests = requests;
    this.deadlineMs = deadlineMs;
    this.#call = call;
    this.#pick = pick;
  }

  settle(outcome: CommandOutcome): void {
    if (!outcome.ok) {
      this.fail(outcome.error);
      return;
    }
    const { value } = outcome;
    const header = this.#requests.header(value.revision);
    this.#call.reply(ok({ ...this.#pick(value), header }));
  }

  fail(error: StoreError): void {
    this.#call.reply(failed(error));
  }
}

/** Waits for the end of its turn. Without a waiter it is the replica's own. */
interface Proposal {
  readonly sequence: number;
  readonly waiter: Waiter<CommandOutcome> | undefined;
}

/** What clients ask: writes through the log, reads behind the read index. Every call ends, by its deadline at the latest. */
export class ReplicaRequests {
  readonly #parts: ReplicaRequestsParts;
  readonly #writes: PendingRequests<CommandOutcome>;
  readonly #reads: LinearizableReads;
  readonly #memberId: bigint;
  #proposals: Proposal[] = [];
  readonly #entries = new GatheredEntries();
  #sequence = 0;
  #stopping = false;
  /** Set: this replica must serve nothing. */
  #barred: StoreError | undefined;

  constructor(parts: ReplicaRequestsParts) {
    this.#parts = parts;
    this.#memberId = BigInt(parts.settings.nodeId);
    this.#writes = new PendingRequests(parts.clock);
    this.#reads = new LinearizableReads(parts.clock);
  }

  get reads(): LinearizableReads {
    return this.#reads;
  }

  /** Proposes a command; its caller gets what `pick` makes of its outcome. */
  write<T extends object>(
    call: WriteCall<T>,
    command: Command,
    pick: (response: CommandResponse) => T,
  ): void {
    const refusal = this.#refusal() ?? this.#spaceRefusal(command);
    if (refusal !== undefined) {
      call.reply(failed(refusal));
      return;
    }
    const sequence = ++this.#sequence;
    const waiter = new WaitingWrite(this, this.#deadline(call), call, pick);
    if (!this.#gather(sequence, command, waiter)) call.reply(failed(storeErrors.tooLarge));
  }

  /** False: it is too large. */
  #gather(sequence: number, command: Command, waiter: Waiter<CommandOutcome> | undefined): boolean {
    const { settings, life } = this.#parts;
    const requestId = { replica: settings.nodeId, life, sequence };
    if (!this.#entries.add({ requestId, command }, settings.requestBytesMax)) return false;
    this.#proposals.push({ sequence, waiter });
    return true;
  }

  /** Proposes what this turn has gathered, as one: one message to each follower, one sync. */
  proposeGathered(): void {
    if (this.#proposals.length > 0) this.#proposeAll();
    this.#parts.room.turnEnded();
  }

  #proposeAll(): void {
    const { core, room } = this.#parts;
    const proposals = this.#proposals;
    this.#proposals = [];
    const entries = this.#entries.take();
    const overflow = room.overflow(entries.reduce((sum, { length }) => sum + length, 0));
    const accepted = overflow === undefined && core.node.proposeAll(entries).ok;
    for (const { sequence, waiter } of proposals) {
      if (waiter === undefined) continue;
      if (accepted) this.#writes.add(sequence, waiter);
      else waiter.fail(overflow ?? storeErrors.proposalDropped);
    }
  }

  range(call: AskCall<RangeRequest, StoreResult<RangeResponse>>): void {
    const { machine } = this.#parts.core;
    const answer = (): void => {
      call.reply(this.#withHeader(machine.range(call.request)));
    };
    if (call.request.serializable === true) {
      if (this.#barred === undefined) answer();
      else call.reply(failed(this.#barred));
    } else
      this.read(call, answer, (error) => {
        call.reply(failed(error));
      });
  }

  /** Calls `serve` once the state is known to hold everything acknowledged before. */
  read(call: Call, serve: () => void, fail: (error: StoreError) => void): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) fail(refusal);
    else this.#reads.add({ deadlineMs: this.#deadline(call), serve, fail });
  }

  /** A command of the replica itself; nobody waits for it. */
  propose(command: Command): void {
    const taken = this.#gather(++this.#sequence, command, undefined);
    assert(taken, "a command of the replica's own is no larger than a request");
  }

  /** True: a client of this replica has its answer now. */
  applied(result: AppliedResult): boolean {
    const { requestId, outcome } = result;
    const { settings, life } = this.#parts;
    const own = requestId.replica === settings.nodeId && requestId.life === life;
    return own && this.#writes.settle(requestId.sequence, outcome);
  }

  leadershipLost(): void {
    this.#writes.failAll(storeErrors.leaderChanged);
    this.#reads.failAll(storeErrors.readLost);
  }

  expire(): void {
    this.#writes.expire();
    this.#reads.expire();
  }

  /** Nothing new is taken from now on. */
  beginStop(): void {
    this.#stopping = true;
  }

  endStop(): void {
    for (const { waiter } of this.#proposals) waiter?.fail(storeErrors.proposalDropped);
    this.#proposals = [];
    this.#entries.take();
    this.#writes.failAll(storeErrors.leaderChanged);
    this.#reads.failAll(storeErrors.stopping);
  }

  /** Why nothing is served, where that is so. */
  get barred(): StoreError | undefined {
    return this.#barred;
  }

  /** Writes in the log that are not applied, and those that ended with an error. */
  get writes(): { readonly pending: number; readonly failed: number } {
    return { pending: this.#writes.size, failed: this.#writes.failed };
  }

  get waiting(): number {
    return this.#proposals.length + this.#writes.size + this.#reads.size;
  }

  /** Nothing is served while `error` is set. */
  bar(error: StoreError | undefined): void {
    this.#barred = error;
  }

  /**
   * A disk that takes no writes, or a full store, is found before anything is written to the log; the quota's alarm makes it so on
   * every replica.
   */
  #spaceRefusal(command: Command): StoreError | undefined {
    const cost = costBytes(command);
    const { core, settings, outOfSpace, room } = this.#parts;
    const refusal = room.refusal({ adds: cost > 0 });
    if (refusal !== undefined || cost === 0) return refusal;
    const { machine } = core;
    if (machine.sizeBytes + cost > settings.quotaBytes) outOfSpace();
    else if (!machine.alarmed('no-space')) return undefined;
    return storeErrors.noSpace;
  }

  #refusal(): StoreError | undefined {
    if (this.#barred !== undefined) return this.#barred;
    if (this.#stopping) return storeErrors.stopping;
    const { core, settings } = this.#parts;
    const { lead } = core.node.basicStatus();
    if (lead === 0) return storeErrors.noLeader;
    if (lead !== settings.nodeId) return storeErrors.notLeader(settings.actorOf(lead));
    return this.waiting >= settings.pendingRequestsMax ? storeErrors.tooMany : undefined;
  }

  #deadline(call: Call): number {
    return Math.min(
      call.deadlineMs,
      this.#parts.clock.monotonicMs() + this.#parts.settings.requestTimeoutMs,
    );
  }

  #withHeader<T extends object>(result: Result<T, MvccError>): StoreResult<T> {
    return result.ok ? ok({ ...result.value, header: this.header() }) : failed(result.error);
  }

  header(revision = this.#parts.core.machine.revision): StoreHeader {
    const { core, settings } = this.#parts;
    return {
      clusterId: settings.clusterId,
      memberId: this.#memberId,
      revision,
      raftTerm: core.node.basicStatus().hardState.term,
    };
  }
}
