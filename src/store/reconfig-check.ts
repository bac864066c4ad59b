import type { NodeId } from '../base/index.js';
import type { StoreError } from '../protocol/index.js';
import type { MemberChange } from './member-change.js';
import { memberErrors } from './member-errors.js';
import type { Member, MemberView } from './member-table.js';

/** A learner may be promoted when it has so much of the leader's log (etcd's readyPercent). */
const READY_SHARE = 0.9;

/** The members as their leader sees them. */
export interface MemberHealth {
  /** It has acknowledged something to this leader, or is the leader. */
  started(id: NodeId): boolean;
  /** It was heard from within an election timeout, or is the leader. */
  active(id: NodeId): boolean;
  /** How much of the log it has. */
  match(id: NodeId): number;
  readonly leader: NodeId;
}

/**
 * etcd's strict reconfiguration check: a change that could cost the store its majority is refused before it is proposed. With
 * it what can never be (`MemberTable.refusal`), which is checked again when the change is applied.
 */
export function reconfigRefusal(
  table: MemberView,
  change: MemberChange,
  health: MemberHealth,
): StoreError | undefined {
  const impossible = table.refusal(change);
  if (impossible !== undefined) return impossible;
  const voters = table.list().filter(({ learner }) => !learner);
  switch (change.type) {
    case 'add':
      return additionRefusal(voters, change.learner, health);
    case 'promote':
      return promotionRefusal(voters, change.id, health);
    case 'remove':
      return table.get(change.id)?.learner === true
        ? undefined
        : removalRefusal(voters, change.id, health);
  }
}

/** A new member counts as one that is down: whether it will come up is not known. */
function additionRefusal(
  voters: readonly Member[],
  learner: boolean,
  health: MemberHealth,
): StoreError | undefined {
  const started = voters.filter(({ id }) => health.started(id)).length;
  // A single member is made two so: there is no other way.
  const second = started === 1 && voters.length === 1;
  if (!learner && !second && started < quorumOf(voters.length + 1))
    return memberErrors.notEnoughStarted;
  const active = voters.filter(({ id }) => health.active(id)).length;
  return !second && active < quorumOf(voters.length + 1) ? memberErrors.unhealthy : undefined;
}

function promotionRefusal(
  voters: readonly Member[],
  id: NodeId,
  health: MemberHealth,
): StoreError | undefined {
  if (health.match(id) < health.match(health.leader) * READY_SHARE || !health.active(id))
    return memberErrors.learnerNotReady;
  const started = 1 + voters.filter((voter) => health.started(voter.id)).length;
  return started < quorumOf(voters.length + 1) ? memberErrors.notEnoughStarted : undefined;
}

function removalRefusal(
  voters: readonly Member[],
  id: NodeId,
  health: MemberHealth,
): StoreError | undefined {
  const others = voters.filter((voter) => voter.id !== id);
  const started = others.filter((voter) => health.started(voter.id)).length;
  if (started < quorumOf(others.length)) return memberErrors.notEnoughStarted;
  // One that is down is no part of the majority that works: without it the others need fewer.
  if (!health.active(id)) return undefined;
  const active = others.filter((voter) => health.active(voter.id)).length;
  return active < quorumOf(others.length) ? memberErrors.unhealthy : undefined;
}

function quorumOf(members: number): number {
  return Math.floor(members / 2) + 1;
}
