import type { ActorDetail } from '../../daemon/index.js';
import type { TopModel } from './model.js';

/** Processor time of the daemon between the last two samples, in percent of one core. */
export function cpuPercent({ sample, before }: TopModel): number | undefined {
  if (sample === undefined || before === undefined) return undefined;
  const cpuMs = sample.status.process.cpuMs - before.status.process.cpuMs;
  return ratio(100 * cpuMs, sample.atMs - before.atMs);
}

/** How much of the time since it was seen before the actor's loop was at work; undefined where that is not known. */
export function busyPercent(model: TopModel, actor: ActorDetail): number | undefined {
  return perMillisecond(model, actor, ({ loopActiveMs }) => loopActiveMs, 100);
}

/** Messages that it handled in a second. */
export function messagesPerSecond(model: TopModel, actor: ActorDetail): number | undefined {
  return perMillisecond(model, actor, ({ messagesHandled }) => messagesHandled, 1000);
}

/** The growth of a count; another life counts anew. */
function perMillisecond(
  { sample, before }: TopModel,
  actor: ActorDetail,
  countOf: (actor: ActorDetail) => number | null,
  factor: number,
): number | undefined {
  const earlier = before?.actors?.list.find(({ id }) => id === actor.id);
  if (earlier?.incarnation !== actor.incarnation) return undefined;
  const [from, to] = [countOf(earlier), countOf(actor)];
  if (from === null || to === null) return undefined;
  return ratio(factor * (to - from), (sample?.actors?.atMs ?? 0) - (before?.actors?.atMs ?? 0));
}

function ratio(part: number, whole: number): number | undefined {
  return whole > 0 ? part / whole : undefined;
}
