import type { LogIndex } from '../base/index.js';
import type { StoreMember } from '../protocol/index.js';

/**
 * What the members are to become. It is kept until it is reached: every step is found by looking at what is there, so that
 * whoever takes over from one that died goes on in its place.
 */
export interface MembershipGoal {
  /** This replica is to be there: a learner, or one that votes. */
  readonly add?: { readonly name: string; readonly voter: boolean } | undefined;
  /**
   * This one is to be gone. `first`: before the other one is added, as etcd asks for with one that is down: a majority of the
   * rest is then smaller. Else after it, so that there are never fewer members than before.
   */
  readonly remove?: { readonly name: string; readonly first: boolean } | undefined;
}

export type MembershipStep = StoreStep | ActorStep;

/** To be asked of the store. */
export type StoreStep =
  | { readonly type: 'add'; readonly name: string }
  | { readonly type: 'promote'; readonly id: bigint }
  | { readonly type: 'remove'; readonly id: bigint };

/** To be done with the actors, or nothing. */
export type ActorStep =
  | { readonly type: 'start'; readonly name: string; readonly id: bigint }
  | { readonly type: 'stop'; readonly name: string }
  /** What was added was removed by somebody else: its id is gone for ever, and its actor has to go. */
  | { readonly type: 'abandon'; readonly name: string }
  | { readonly type: 'done' };

/** The next step from what there is: the members, and the actors that run or are kept. Pure. */
export function nextStep(
  { add, remove }: MembershipGoal,
  members: readonly StoreMember[],
  actors: ReadonlySet<string>,
): MembershipStep {
  const leaving = removal(remove, members, actors);
  if (remove?.first === true && leaving !== undefined) return leaving;
  return addition(add, members, actors) ?? leaving ?? { type: 'done' };
}

/**
 * Whether the store can do without an actor that is none of the members. Its removal is one of the entries up to `removedBy`.
 * A replica that has not applied it still counts the removed one among those that vote; one that has does not, not even
 * after a power loss. Each majority must have one of the latter.
 */
export function isSpared(
  members: readonly StoreMember[],
  removedBy: LogIndex,
  applied: ReadonlyMap<string, LogIndex>,
): boolean {
  const voters = members.filter(({ learner }) => !learner);
  const knowing = voters.filter(({ name }) => (applied.get(name) ?? 0) >= removedBy);
  return 2 * knowing.length > voters.length;
}

function addition(
  add: MembershipGoal['add'],
  members: readonly StoreMember[],
  actors: ReadonlySet<string>,
): MembershipStep | undefined {
  if (add === undefined) return undefined;
  const { name, voter } = add;
  const member = members.find((each) => each.name === name);
  if (member === undefined)
    return actors.has(name) ? { type: 'abandon', name } : { type: 'add', name };
  if (!actors.has(name)) return { type: 'start', name, id: member.id };
  return voter && member.learner ? { type: 'promote', id: member.id } : undefined;
}

function removal(
  remove: MembershipGoal['remove'],
  members: readonly StoreMember[],
  actors: ReadonlySet<string>,
): MembershipStep | undefined {
  if (remove === undefined) return undefined;
  const { name } = remove;
  const member = members.find((each) => each.name === name);
  if (member !== undefined) return { type: 'remove', id: member.id };
  return actors.has(name) ? { type: 'stop', name } : undefined;
}
