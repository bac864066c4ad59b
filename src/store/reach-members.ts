import type { LogIndex } from '../base/index.js';
import type { ActorContext } from '../actor/index.js';
import type {
  MemberList,
  StoreError,
  StoreErrorCode,
  StoreMember,
  StoreResult,
} from '../protocol/index.js';
import type { MemberClient } from './member-client.js';
import { memberErrors } from './member-errors.js';
import { isSpared, nextStep } from './membership-plan.js';
import type { ActorStep, MembershipGoal, StoreStep } from './membership-plan.js';

/** How far the store's own part of a goal went. */
export type Reached =
  /** The next step is not the store's. */
  | { readonly type: 'step'; readonly step: ActorStep }
  /** The last word on the step that is next, once there was no patience left. */
  | {
      readonly type: 'refused';
      readonly error: StoreError;
      /** Something has changed before, or may have. */
      readonly changed: boolean;
    };

export interface ReachOptions {
  /** How long what may pass is tried again. */
  readonly patienceMs: number;
  /** The actors of replicas that run or are kept. */
  readonly actors: ReadonlySet<string>;
}

const PAUSE_MS = 100;
/** One that does not say how far it is does not hold up the others. */
const PEEK_MS = 500;
/** No use in trying again. */
const FINAL: readonly StoreErrorCode[] = [
  'member-not-found',
  'member-exists',
  'not-a-learner',
  'bad-member-name',
  'too-many-learners',
];
const UNCERTAIN: readonly StoreErrorCode[] = ['outcome-unknown', 'timeout'];

/** Asks the store for one change after another, each found by looking at the members as they are now. */
export async function reachMembers(
  context: Pick<ActorContext, 'clock' | 'sleep'>,
  client: MemberClient,
  goal: MembershipGoal,
  { patienceMs, actors }: ReachOptions,
): Promise<Reached> {
  let changed = false;
  let endMs = context.clock.monotonicMs() + patienceMs;
  for (;;) {
    const { clock } = context;
    const listed = await client.list(patienceMs);
    if (!listed.ok) return { type: 'refused', error: listed.error, changed };
    const step = nextStep(goal, listed.value.members, actors);
    if (step.type !== 'add' && step.type !== 'promote' && step.type !== 'remove')
      return isParting(step) && !(await parts(context, client, listed.value, patienceMs))
        ? { type: 'refused', error: memberErrors.unhealthy, changed: true }
        : { type: 'step', step };
    const answer = await ask(client, step, patienceMs);
    changed ||= answer.ok || UNCERTAIN.includes(answer.error.code);
    if (answer.ok) {
      endMs = clock.monotonicMs() + patienceMs;
      continue;
    }
    const { error } = answer;
    if (FINAL.includes(error.code) || clock.monotonicMs() >= endMs)
      return { type: 'refused', error, changed };
    await context.sleep(PAUSE_MS);
  }
}

/** An actor goes that was a member. */
function isParting({ type }: ActorStep): boolean {
  return type === 'stop' || type === 'abandon';
}

/** Waits until the members can do without one that is none of them any more; false: for no longer than that. */
async function parts(
  context: Pick<ActorContext, 'clock' | 'sleep'>,
  client: MemberClient,
  { members, appliedIndex }: MemberList,
  patienceMs: number,
): Promise<boolean> {
  const { clock } = context;
  const endMs = clock.monotonicMs() + patienceMs;
  for (;;) {
    const applied = new Map<string, LogIndex>();
    const learn = async ({ name }: StoreMember): Promise<void> => {
      const index = await client.appliedBy(name, PEEK_MS);
      if (index !== undefined) applied.set(name, index);
    };
    await Promise.all(members.map(learn));
    if (isSpared(members, appliedIndex, applied)) return true;
    if (clock.monotonicMs() >= endMs) return false;
    await context.sleep(PAUSE_MS);
  }
}

function ask(
  client: MemberClient,
  step: StoreStep,
  timeoutMs: number,
): Promise<StoreResult<MemberList>> {
  switch (step.type) {
    case 'add':
      return client.add(step.name, timeoutMs);
    case 'promote':
      return client.promote(step.id, timeoutMs);
    case 'remove':
      return client.remove(step.id, timeoutMs);
  }
}
