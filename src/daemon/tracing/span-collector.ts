import type { Span, SpanQuery } from '../../actor/index.js';
import type { ThreadActorSystem } from '../../io/thread/index.js';
import type { CollectedSpans } from '../control/index.js';

/** An actor that does not answer within this time has nothing to tell. */
const ANSWER_MS_MAX = 1000;

type System = Pick<ThreadActorSystem, 'actors' | 'spans'>;

/** What all actors that are up have kept: of one trace, or of all. */
export async function collectSpans(
  system: System,
  traceId: string | undefined,
): Promise<CollectedSpans> {
  const missing: string[] = [];
  const kept = await Promise.all(
    system.actors().map(async ({ id }) => {
      const reply = await system.spans(id, { traceId }, ANSWER_MS_MAX);
      if (!reply.ok) missing.push(id);
      return reply.ok ? reply.value.spans : [];
    }),
  );
  return { spans: kept.flat(), missing };
}

/** Each span once, when it has ended; what a life has not told before its death is lost. */
export function spanTail(system: System): () => Promise<Span[]> {
  /** How far each actor has been read, and in which of its lives. */
  const places = new Map<string, { readonly incarnation: number; readonly next: number }>();
  const read = async (id: string, query: SpanQuery): ReturnType<System['spans']> =>
    system.spans(id, query, ANSWER_MS_MAX);
  return async () => {
    const ids: string[] = system.actors().map(({ id }) => id);
    for (const id of [...places.keys()]) if (!ids.includes(id)) places.delete(id);
    const ended = await Promise.all(
      ids.map(async (id) => {
        const place = places.get(id);
        let reply = await read(id, { endedFrom: place?.next ?? 0 });
        if (reply.ok && place !== undefined && reply.value.incarnation !== place.incarnation)
          reply = await read(id, { endedFrom: 0 });
        if (!reply.ok) return [];
        const { incarnation, endedNext, spans } = reply.value;
        places.set(id, { incarnation, next: endedNext });
        return spans;
      }),
    );
    return ended.flat();
  };
}
