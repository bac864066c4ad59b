import { actorId, assertDefined, failed, isActorId, nodeId, ok } from '../base/index.js';
import type { Clock, NodeId } from '../base/index.js';
import type { AskCall, Peer } from '../actor/index.js';
import type { MemberList, StoreError, StoreProtocol, StoreResult } from '../protocol/index.js';
import type { RawNode } from '../raft/index.js';
import { LeaderTransfer } from './leader-transfer.js';
import type { TransferEnd } from './leader-transfer.js';
import { encodeMemberChange } from './member-change.js';
import type { MemberChange } from './member-change.js';
import type { MemberChanged } from './member-entry.js';
import { memberErrors } from './member-errors.js';
import { MemberSenders } from './member-senders.js';
import { storeMember } from './member-table.js';
import { reconfigRefusal } from './reconfig-check.js';
import type { MemberHealth } from './reconfig-check.js';
import type { ReplicaRequests } from './replica-requests.js';
import type { ReplicaSettings } from './replica-settings.js';
import type { StateMachine } from './state-machine.js';
import { storeErrors } from './store-errors.js';

export interface ReplicaMembersPorts {
  readonly clock: Clock;
  readonly settings: ReplicaSettings;
  readonly machine: StateMachine;
  readonly node: RawNode;
  readonly requests: ReplicaRequests;
  /** Tells this life's proposals from those of earlier ones. */
  readonly life: number;
  /** Why the disk takes no writes, where that is so. */
  diskRefusal(): StoreError | undefined;
  /** The link to it is up. */
  isUp(id: NodeId): boolean;
  /** Of `MemberSenders`. */
  tellRemoved(sender: Peer): void;
  /** Who is to lead in this replica's place. */
  heir(): NodeId | undefined;
  /** Tells the others that this leader hands over. */
  tellLeaving(): void;
}

type MemberAsks = Pick<
  StoreProtocol['asks'],
  'memberList' | 'memberAdd' | 'memberPromote' | 'memberRemove' | 'moveLeader'
>;
type Call<N extends keyof MemberAsks> = AskCall<MemberAsks[N]['request'], MemberAsks[N]['reply']>;

/** The change that this leader has proposed and not applied. Its caller may have been answered already. */
interface Proposed {
  readonly sequence: number;
  readonly deadlineMs: number;
  answer: ((error: StoreError | undefined) => void) | undefined;
}

/** What is asked of the members: who they are, and one change of them at a time (etcd's Cluster service, and MoveLeader). */
export class ReplicaMembers {
  readonly senders: MemberSenders;
  readonly #ports: ReplicaMembersPorts;
  readonly #transfer: LeaderTransfer;
  #sequence = 0;
  #proposed: Proposed | undefined;

  constructor(ports: ReplicaMembersPorts) {
    this.#ports = ports;
    this.senders = new MemberSenders(ports);
    this.#transfer = new LeaderTransfer(ports.clock, ports.node);
  }

  list(call: Call<'memberList'>): void {
    const { requests } = this.#ports;
    const serve = (): void => {
      call.reply(ok({ ...this.#list(), header: requests.header() }));
    };
    if (call.request.serializable === true && requests.barred === undefined) serve();
    else requests.read(call, serve, failTo(call));
  }

  add(call: Call<'memberAdd'>): void {
    const { name, learner } = call.request;
    if (!isActorId(name)) {
      call.reply(failed(memberErrors.badName));
      return;
    }
    const { machine } = this.#ports;
    let id = nodeId(0);
    this.#change(
      call,
      () => {
        id = machine.members.nextId;
        return { type: 'add', id, name: actorId(name), learner };
      },
      () => {
        const added = assertDefined(machine.members.get(id), 'the member that was added');
        return { member: storeMember(added), ...this.#list() };
      },
    );
  }

  promote(call: Call<'memberPromote'>): void {
    const change = changeOf('promote', call.request.id);
    this.#change(
      call,
      () => change,
      () => this.#list(),
    );
  }

  remove(call: Call<'memberRemove'>): void {
    const change = changeOf('remove', call.request.id);
    this.#change(
      call,
      () => change,
      () => this.#list(),
    );
  }

  moveLeader(call: Call<'moveLeader'>): void {
    const { requests, machine, settings } = this.#ports;
    const fail = failTo(call);
    const done = (): void => {
      call.reply(ok({ header: requests.header() }));
    };
    requests.read(
      call,
      () => {
        const target = machine.members.get(nodeIdOf(call.request.targetId));
        const refusal = this.#ports.diskRefusal();
        if (target === undefined || target.learner) fail(memberErrors.badTransferee);
        else if (refusal?.code === 'read-only') fail(refusal);
        else if (target.id === settings.nodeId) done();
        else
          this.#handOverTo(target.id, (end) => {
            if (end === target.id) done();
            else fail(memberErrors.transferTimeout);
          });
      },
      fail,
    );
  }

  /** An entry about the members was applied, by whomever it was proposed. */
  changed({ requestId, outcome }: MemberChanged): void {
    this.senders.learnMembers();
    const { settings, life } = this.#ports;
    const own = requestId.replica === settings.nodeId && requestId.life === life;
    if (!own || this.#proposed?.sequence !== requestId.sequence) return;
    this.#settle(outcome.ok ? undefined : outcome.error);
  }

  leadershipLost(): void {
    this.#settle(storeErrors.leaderChanged);
  }

  leaderSeen(leader: NodeId): void {
    this.#transfer.leaderSeen(leader, this.#ports.settings.nodeId);
  }

  /** A change or a transfer is under way. */
  get waiting(): boolean {
    return this.#proposed !== undefined || this.#transfer.underway;
  }

  /** A caller's time may be over; what was proposed stays so. */
  expire(): void {
    this.#transfer.expire();
    const proposed = this.#proposed;
    if (proposed === undefined || proposed.deadlineMs > this.#ports.clock.monotonicMs()) return;
    proposed.answer?.(storeErrors.timeout);
    proposed.answer = undefined;
  }

  /** Behind a read barrier: this leader has applied whatever was committed before, and knows that it leads. */
  #change<T extends object>(
    call: AskCall<unknown, StoreResult<T>>,
    change: () => MemberChange,
    pick: () => T,
  ): void {
    const { requests } = this.#ports;
    const fail = failTo(call);
    requests.read(
      call,
      () => {
        const wanted = change();
        const refusal = this.#refusal(wanted);
        if (refusal !== undefined) fail(refusal);
        else if (wanted.type === 'remove' && wanted.id === this.#ports.settings.nodeId)
          this.#handOver(fail);
        else
          this.#propose(wanted, call.deadlineMs, (error) => {
            if (error === undefined) call.reply(ok({ ...pick(), header: requests.header() }));
            else fail(error);
          });
      },
      fail,
    );
  }

  #refusal(change: MemberChange): StoreError | undefined {
    const full = this.#ports.diskRefusal();
    if (full !== undefined) return full;
    if (this.#proposed !== undefined) return memberErrors.underWay;
    return reconfigRefusal(this.#ports.machine.members, change, this.#health());
  }

  #propose(
    change: MemberChange,
    deadlineMs: number,
    answer: (error: StoreError | undefined) => void,
  ): void {
    const { settings, life, node } = this.#ports;
    const sequence = ++this.#sequence;
    const requestId = { replica: settings.nodeId, life, sequence };
    if (node.proposeConfChange(encodeMemberChange({ requestId, change })).ok)
      this.#proposed = { sequence, deadlineMs, answer };
    else answer(storeErrors.proposalDropped);
  }

  #settle(error: StoreError | undefined): void {
    const proposed = this.#proposed;
    this.#proposed = undefined;
    proposed?.answer?.(error);
  }

  /** A leader does not remove itself: it lets its successor do so, and nobody has to notice that there is no leader. */
  #handOver(fail: (error: StoreError) => void): void {
    const heir = this.#ports.heir();
    if (heir === undefined) {
      fail(memberErrors.unhealthy);
      return;
    }
    this.#handOverTo(heir, (end) => {
      if (end === 'timeout') fail(memberErrors.transferTimeout);
      else fail(storeErrors.notLeader(this.#ports.settings.actorOf(end)));
    });
  }

  /** Raft itself gives a transfer up after an election timeout. */
  #handOverTo(id: NodeId, ended: (end: TransferEnd) => void): void {
    const { electionTicks, tickMs } = this.#ports.settings;
    this.#ports.tellLeaving();
    this.#transfer.begin(id, 2 * electionTicks * tickMs, ended);
  }

  #health(): MemberHealth {
    const { settings, node } = this.#ports;
    const active = (id: NodeId): boolean => this.#ports.isUp(id) && this.senders.heardLately(id);
    const leader = settings.nodeId;
    const matches = new Map<NodeId, number>();
    node.withProgress((id, { match }) => matches.set(id, match));
    const match = (id: NodeId): number => matches.get(id) ?? 0;
    return {
      leader,
      match,
      started: (id) => id === leader || match(id) > 0,
      active: (id) => id === leader || active(id),
    };
  }

  #list(): MemberList {
    const { members, appliedIndex } = this.#ports.machine;
    return { members: members.list().map(storeMember), appliedIndex };
  }
}

function failTo<T>(call: AskCall<unknown, StoreResult<T>>): (error: StoreError) => void {
  return (error) => {
    call.reply(failed(error));
  };
}

function changeOf(type: 'promote' | 'remove', id: bigint): MemberChange {
  return { type, id: nodeIdOf(id) };
}

/** 0, which no member has, for an id that is none of ours. */
function nodeIdOf(id: bigint): NodeId {
  return nodeId(id > 0n && id <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(id) : 0);
}
