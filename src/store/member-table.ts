import { assert, nodeId } from '../base/index.js';
import type { ActorId, NodeId } from '../base/index.js';
import type { Hasher } from '../mvcc/index.js';
import type { StoreError, StoreMember } from '../protocol/index.js';
import { EMPTY_CONF_STATE } from '../raft/index.js';
import type { ConfState } from '../raft/index.js';
import type { MemberChange } from './member-change.js';
import { memberErrors } from './member-errors.js';

export interface Member {
  readonly id: NodeId;
  readonly name: ActorId;
  readonly learner: boolean;
}

/** What a snapshot holds of the members. */
export interface MemberImage {
  /** In order of id. */
  readonly members: readonly Member[];
  /** The highest id that was ever given. */
  readonly idMax: NodeId;
}

/** etcd's own default: each learner costs its leader a whole copy of the data. */
const LEARNERS_MAX = 1;

/** The members of the store as replicated state. Ids rise and are never given twice, so that the removed ones need no list. */
export interface MemberTable {
  list(): readonly Member[];
  get(id: NodeId): Member | undefined;
  readonly nextId: NodeId;
  /** It was a member, and is none any more. */
  wasRemoved(id: NodeId): boolean;
  /** Why the change cannot be made, whoever is alive. The same on every replica. */
  refusal(change: MemberChange): StoreError | undefined;
  /** Asserts that it is not refused. */
  apply(change: MemberChange): void;
  image(): MemberImage;
  hash(hasher: Hasher): void;
  /** The same, as Raft has it. */
  confState(): ConfState;
}

export function createMemberTable(image: MemberImage): MemberTable {
  let { members, idMax } = image;
  const get = (id: NodeId): Member | undefined => members.find((member) => member.id === id);
  const refusal = (change: MemberChange): StoreError | undefined => {
    const known = get(change.id);
    if (change.type === 'add') return refusedAddition(members, idMax, change);
    if (known === undefined) return memberErrors.notFound;
    return change.type === 'promote' && !known.learner ? memberErrors.notLearner : undefined;
  };
  return {
    list: () => members,
    get,
    get nextId() {
      return nodeId(idMax + 1);
    },
    wasRemoved: (id) => id <= idMax && get(id) === undefined,
    refusal,
    apply(change) {
      assert(refusal(change) === undefined, 'a change of the members that can be made');
      const { id } = change;
      const others = members.filter((member) => member.id !== id);
      if (change.type === 'remove') members = others;
      else if (change.type === 'promote')
        members = members.map((member) =>
          member.id === id ? { ...member, learner: false } : member,
        );
      else {
        members = [...members, { id, name: change.name, learner: change.learner }];
        idMax = id;
      }
    },
    image: () => ({ members, idMax }),
    hash(hasher) {
      hasher.number(idMax);
      for (const { id, name, learner } of members) {
        hasher.number(id);
        hasher.text(`${name} ${String(learner)}`);
      }
    },
    confState: () => confStateOf(members),
  };
}

function confStateOf(members: readonly Member[]): ConfState {
  const ids = (wanted: boolean): NodeId[] =>
    members.filter(({ learner }) => learner === wanted).map(({ id }) => id);
  return { ...EMPTY_CONF_STATE, voters: ids(false), learners: ids(true) };
}

export type MemberView = Omit<MemberTable, 'apply'>;

/** The members that a log begins with. */
export function foundingMembers(peers: readonly { id: ActorId; nodeId: NodeId }[]): MemberImage {
  const members = peers.map(({ id, nodeId: at }) => ({ id: at, name: id, learner: false }));
  members.sort((a, b) => a.id - b.id);
  return { members, idMax: members.at(-1)?.id ?? nodeId(0) };
}

/** As clients see a member. */
export function storeMember({ id, name, learner }: Member): StoreMember {
  return { id: BigInt(id), name, learner };
}

function refusedAddition(
  members: readonly Member[],
  idMax: NodeId,
  { id, name, learner }: Extract<MemberChange, { type: 'add' }>,
): StoreError | undefined {
  if (id <= idMax) return memberErrors.idExists;
  if (members.some((member) => member.name === name)) return memberErrors.exists;
  const learners = members.filter((member) => member.learner).length;
  return learner && learners >= LEARNERS_MAX ? memberErrors.tooManyLearners : undefined;
}
