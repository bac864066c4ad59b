import { actorId, failed } from '../base/index.js';
import type { ActorId, LogIndex } from '../base/index.js';
import type { ActorContext, ActorRef, AskOptions, AskResult } from '../actor/index.js';
import { overflowOf } from '../protocol/index.js';
import type {
  MemberAdded,
  MemberList,
  StoreError,
  StoreProtocol,
  StoreResult,
} from '../protocol/index.js';
import { storeErrors } from './store-errors.js';

/** The members of the store, asked of its leader. What may have happened or not (`outcome-unknown`, `timeout`) is told as that. */
export interface MemberClient {
  list(timeoutMs: number): Promise<StoreResult<MemberList>>;
  /** As a learner. */
  add(name: string, timeoutMs: number): Promise<StoreResult<MemberAdded>>;
  promote(id: bigint, timeoutMs: number): Promise<StoreResult<MemberList>>;
  remove(id: bigint, timeoutMs: number): Promise<StoreResult<MemberList>>;
  /** Resolves once that member leads. */
  moveLeader(targetId: bigint, timeoutMs: number): Promise<StoreResult<object>>;
  /** How far that replica has applied the log, once; undefined where it does not say, or runs with less than it should have. */
  appliedBy(name: string, timeoutMs: number): Promise<LogIndex | undefined>;
}

type Attempt<T> = (
  to: ActorRef<StoreProtocol>,
  options: AskOptions,
) => Promise<AskResult<StoreResult<T>>>;

const RETRY_MS = 50;
/** A replica that hangs shall not use up the whole deadline. */
const ATTEMPT_MS = 2000;

export function createMemberClient(
  context: ActorContext,
  replicas: () => readonly ActorId[],
): MemberClient {
  const ask = <T>(timeoutMs: number, attempt: Attempt<T>): Promise<StoreResult<T>> =>
    askLeader(context, replicas, timeoutMs, attempt);
  return {
    list: (timeoutMs) =>
      ask(timeoutMs, (to, options) => context.ask(to, 'memberList', {}, options)),
    add: (name, timeoutMs) =>
      ask(timeoutMs, (to, options) =>
        context.ask(to, 'memberAdd', { name, learner: true }, options),
      ),
    promote: (id, timeoutMs) =>
      ask(timeoutMs, (to, options) => context.ask(to, 'memberPromote', { id }, options)),
    remove: (id, timeoutMs) =>
      ask(timeoutMs, (to, options) => context.ask(to, 'memberRemove', { id }, options)),
    moveLeader: (targetId, timeoutMs) =>
      ask(timeoutMs, (to, options) => context.ask(to, 'moveLeader', { targetId }, options)),
    appliedBy: async (name, timeoutMs) => {
      const ref = context.ref<StoreProtocol>(actorId(name), overflowOf.store);
      const status = await context.ask(ref, 'status', {}, { timeoutMs });
      return status.ok && status.value.state === 'running' ? status.value.appliedIndex : undefined;
    },
  };
}

/** Until one answers as the leader. A hint is followed once; then the replicas are asked in turn. */
async function askLeader<T>(
  context: ActorContext,
  replicas: () => readonly ActorId[],
  timeoutMs: number,
  attempt: Attempt<T>,
): Promise<StoreResult<T>> {
  const deadlineMs = context.clock.monotonicMs() + timeoutMs;
  let hint: ActorId | undefined;
  for (let turn = 0; ; turn++) {
    const leftMs = deadlineMs - context.clock.monotonicMs();
    if (leftMs <= 0) return failed(storeErrors.timeout);
    const all = replicas();
    const to = hint ?? all[turn % all.length];
    hint = undefined;
    if (to !== undefined) {
      const ref = context.ref<StoreProtocol>(to, overflowOf.store);
      const answer = await attempt(ref, { timeoutMs: Math.min(leftMs, ATTEMPT_MS) });
      if (answer.ok && (answer.value.ok || !goesElsewhere(answer.value.error))) return answer.value;
      if (!answer.ok && answer.error.handedOver) return failed(storeErrors.leaderChanged);
      if (answer.ok && !answer.value.ok) hint = leaderIn(answer.value.error);
      if (hint !== undefined && hint !== to && all.includes(hint)) continue;
      hint = undefined;
    }
    await context.sleep(Math.max(1, Math.min(RETRY_MS, deadlineMs - context.clock.monotonicMs())));
  }
}

/** It had no effect here, and another replica, or the same one later, will do it. */
function goesElsewhere({ code }: StoreError): boolean {
  return (
    code === 'not-leader' ||
    code === 'no-leader' ||
    code === 'proposal-dropped' ||
    code === 'stopping' ||
    code === 'corrupt'
  );
}

function leaderIn({ details }: StoreError): ActorId | undefined {
  const named = (details as { readonly leader?: unknown } | undefined)?.leader;
  return typeof named === 'string' ? actorId(named) : undefined;
}
