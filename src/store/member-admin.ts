import { failed } from '../base/index.js';
import type { ActorId, Result } from '../base/index.js';
import type { Behaviour, BehaviourFactory } from '../actor/index.js';
import type { MemberList, SilentProtocol, StoreError } from '../protocol/index.js';
import { createMemberClient } from './member-client.js';
import { memberErrors } from './member-errors.js';
import type { MembershipGoal } from './membership-plan.js';
import { reachMembers } from './reach-members.js';
import type { Reached } from './reach-members.js';

export type AdminTask =
  | { readonly type: 'list' }
  | { readonly type: 'promote'; readonly name: string }
  | { readonly type: 'move-leader'; readonly name: string }
  /** `actors`: the replicas that run or are kept. */
  | { readonly type: 'reach'; readonly goal: MembershipGoal; readonly actors: readonly string[] };

export interface MemberAdminConfig {
  readonly replicas: readonly ActorId[];
  readonly task: AdminTask;
  /** How long what may pass is tried again. */
  readonly patienceMs: number;
}

/** What it reports once it is ready. */
export interface AdminReport {
  readonly listed?: Result<MemberList, StoreError>;
  readonly reached?: Reached;
}

/** An actor for one errand: main asks no actor anything, so it starts this one. The errand is over when it is ready. */
export function memberAdmin(): BehaviourFactory<SilentProtocol, MemberAdminConfig> {
  return (context, { replicas, task, patienceMs }): Behaviour<SilentProtocol> => {
    const client = createMemberClient(context, () => replicas);
    let report: AdminReport = {};

    async function promote(name: string): Promise<Result<MemberList, StoreError>> {
      const listed = await client.list(patienceMs);
      if (!listed.ok) return listed;
      const member = listed.value.members.find((each) => each.name === name);
      return member === undefined
        ? failed(memberErrors.notFound)
        : client.promote(member.id, patienceMs);
    }

    async function moveLeader(name: string): Promise<Result<MemberList, StoreError>> {
      const listed = await client.list(patienceMs);
      if (!listed.ok) return listed;
      const member = listed.value.members.find((each) => each.name === name);
      if (member === undefined) return failed(memberErrors.badTransferee);
      const moved = await client.moveLeader(member.id, patienceMs);
      return moved.ok ? listed : moved;
    }

    async function run(): Promise<AdminReport> {
      switch (task.type) {
        case 'list':
          return { listed: await client.list(patienceMs) };
        case 'promote':
          return { listed: await promote(task.name) };
        case 'move-leader':
          return { listed: await moveLeader(task.name) };
        case 'reach': {
          const options = { patienceMs, actors: new Set(task.actors) };
          return { reached: await reachMembers(context, client, task.goal, options) };
        }
      }
    }

    return {
      start: async () => {
        report = await run();
      },
      tells: {},
      asks: {},
      streams: {},
      report: () => ({ ...report }),
    };
  };
}
