import { supervisionOf } from '../../actor/index.js';
import type { ActorStatus, ChildSpec, ChildState, SupervisorHost } from '../../actor/index.js';
import type { ActorId } from '../../base/index.js';
import { realClock } from './host-ports.js';
import type { WordsReading } from './words.js';

/** What main sees of an actor on a thread. */
export interface ThreadActorStatus extends ActorStatus {
  /** RFC 3339, UTC: when a dead actor is tried again. Null where it waits for no time. */
  readonly nextStartAt: string | null;
  /** At its last beat (each second). */
  readonly heapUsedBytes: number;
  /** Buffers, which are not in the heap. */
  readonly bufferBytes: number;
  /** Of this life; its log has neither taken them nor told of them yet. */
  readonly lostLogLines: number;
}

/** Undefined: it was not started yet, or is dead. */
export interface StatusSources {
  readonly supervisor: SupervisorHost | undefined;
  readonly life: { readonly startedMs: number; read(): WordsReading } | undefined;
  readonly lastCrash: ActorStatus['lastCrash'];
}

export function actorStatus(
  spec: ChildSpec,
  { supervisor, life, lastCrash }: StatusSources,
): ThreadActorStatus {
  const child = supervisor && childStateOf(supervisor, spec.id);
  const reading = life?.read();
  const nowMs = realClock.monotonicMs();
  return {
    id: spec.id,
    component: spec.component,
    ...supervisionOf(child, supervisor?.state.spec.periodMs ?? 0, nowMs),
    nextStartAt: child?.dueMs === undefined ? null : timeIn(child.dueMs - nowMs),
    mailboxMessages: reading?.mailboxMessages ?? 0,
    heapUsedBytes: reading?.heapUsedBytes ?? 0,
    bufferBytes: reading?.bufferBytes ?? 0,
    lostLogLines: reading?.lostLogLines ?? 0,
    uptimeMs: life === undefined ? 0 : performance.now() - life.startedMs,
    lastCrash,
  };
}

export function childStateOf(supervisor: SupervisorHost, id: ActorId): ChildState | undefined {
  return supervisor.state.children.find((each) => each.spec.id === id);
}

/** RFC 3339, UTC. */
function timeIn(delayMs: number): string {
  return new Date(Date.now() + delayMs).toISOString();
}
