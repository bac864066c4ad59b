import type { ActorFigures } from '../actor/index.js';
import type { ThreadActorStatus, ThreadActorSystem } from '../io/thread/index.js';
import { actorLine } from './cluster-status.js';
import type { ActorDetail } from './control/index.js';

/** All that there is to see of each actor, in start order. */
export async function actorDetails(system: ThreadActorSystem): Promise<ActorDetail[]> {
  const { actors } = await system.figures();
  const statuses = new Map(system.actors().map((status) => [status.id, status]));
  return actors.flatMap((figures) => {
    const status = statuses.get(figures.id);
    return status === undefined ? [] : [actorDetail(status, figures)];
  });
}

function actorDetail(status: ThreadActorStatus, figures: ActorFigures): ActorDetail {
  const { restartsByCause, counts, thread } = figures;
  return {
    ...actorLine(status),
    lastCrash: status.lastCrash,
    restartsByCause,
    crashesInRow: status.crashesInRow,
    nextStartAt: status.nextStartAt,
    bufferBytes: status.bufferBytes,
    heapLimitBytes: thread?.heapLimitBytes ?? null,
    messagesHandled: counts?.messagesHandled ?? null,
    messagesIn: counts?.messagesIn ?? null,
    messagesOut: counts?.messagesOut ?? null,
    bytesIn: counts?.bytesIn ?? null,
    bytesOut: counts?.bytesOut ?? null,
    mailboxMessagesPeak: counts?.mailboxMessagesPeak ?? null,
    handlingP50Ms: quantileMs(counts?.handlingMicroseconds, 0.5),
    handlingP99Ms: quantileMs(counts?.handlingMicroseconds, 0.99),
    deadLettersByReason: counts?.deadLetters ?? null,
    asksPending: counts?.asksPending ?? null,
    callsPending: counts?.callsPending ?? null,
    streamsConsumed: counts?.streamsConsumed ?? null,
    streamsProduced: counts?.streamsProduced ?? null,
    loopDelayP50Ms: thread?.loopDelayP50Ms ?? null,
    loopDelayP99Ms: thread?.loopDelayP99Ms ?? null,
    loopDelayMaxMs: thread?.loopDelayMaxMs ?? null,
    loopActiveMs: thread?.loopActiveMs ?? null,
    loopIdleMs: thread?.loopIdleMs ?? null,
    gcCount: thread?.gcCount ?? null,
    gcMs: thread?.gcMs ?? null,
    gcMsMax: thread?.gcMsMax ?? null,
  };
}

/** The end of the bucket in which that share of all messages is reached; null where there was none. */
export function quantileMs(
  handlingMicroseconds: readonly number[] | undefined,
  share: number,
): number | null {
  const buckets = handlingMicroseconds ?? [];
  const wanted = share * buckets.reduce((sum, count) => sum + count, 0);
  if (wanted === 0) return null;
  let seen = 0;
  const bucket = buckets.findIndex((count) => (seen += count) >= wanted);
  return 2 ** bucket / 1000;
}
