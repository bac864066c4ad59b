import type { LogIndex } from '../base/index.js';

/** A member of the replicated store, as every replica knows it. */
export interface StoreMember {
  /** Given once and never again, to no other member. */
  readonly id: bigint;
  /** The actor id of the replica: what a peer URL is to etcd. */
  readonly name: string;
  /** It has the data, or is being given it, and does not vote yet. */
  readonly learner: boolean;
}

/** Replicas are named `store-0`, `store-1`, … by contract; a name is given once. */
export function isReplicaId(id: string): boolean {
  return /^store-\d+$/.test(id);
}

export interface MemberListRequest {
  /** What the asked replica knows, perhaps of the past. Default: linearizable. */
  readonly serializable?: boolean | undefined;
}

export interface MemberAddRequest {
  readonly name: string;
  /** A learner changes no majority: it is promoted when it has caught up. */
  readonly learner: boolean;
}

export interface MemberList {
  /** In order of id. */
  readonly members: readonly StoreMember[];
  /** Who answers had applied the log up to here. */
  readonly appliedIndex: LogIndex;
}

export interface MemberAdded extends MemberList {
  readonly member: StoreMember;
}

/** Why a membership change is refused. Texts are etcd's, where etcd has one. */
export type MemberErrorCode =
  | 'member-not-found'
  | 'member-exists' // a member of that name is there
  | 'bad-member-name'
  | 'not-a-learner'
  | 'learner-not-ready' // it has not caught up yet: try again
  | 'too-many-learners'
  | 'not-enough-started'
  | 'unhealthy' // too few members are heard from for a safe change
  | 'bad-transferee'
  | 'transfer-timeout'
  | 'change-under-way'; // of the membership; try again
