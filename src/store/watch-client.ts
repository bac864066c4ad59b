import { assert, revision } from '../base/index.js';
import type { Revision } from '../base/index.js';
import { isEmptyRange } from '../mvcc/index.js';
import type { ActorContext, ActorRef, StreamEnd, StreamHandle } from '../actor/index.js';
import type { StoreProtocol, WatchBatch, WatchRequest } from '../protocol/index.js';

export interface StoreWatchHandlers {
  /**
   * In order, without gap or repetition, over all deaths of replicas. Empty batches carry progress: the first one says
   * from where the watch starts, others that everything up to `revision` has been delivered.
   */
  onBatch(batch: WatchBatch): void;
  /** Called once, and last: the next revision was compacted, or the watch was canceled. */
  onEnd(end: StoreWatchEnd): void;
}

export type StoreWatchEnd =
  | { readonly code: 'compacted'; readonly compactRevision: Revision }
  | { readonly code: 'canceled' };

export interface StoreWatch {
  /** `onEnd({code: 'canceled'})` follows at once. */
  cancel(): void;
  /** For a consumer whose own sink is full: at most the stream's window still arrives. */
  pause(): void;
  resume(): void;
}

/** The pause before the next try after so many failures in a row: none, then 2, 4, 8 … at most 50 ms. */
export function retryPauseMs(failures: number): number {
  return failures === 0 ? 0 : Math.min(50, 2 ** Math.min(failures, 6));
}

/**
 * A watch over the lives of many streams. It knows the first revision that it has not delivered, and opens each new
 * stream from there. `pickReplica` gives a live replica, another one at each call where there are several.
 */
export function openStoreWatch(
  context: ActorContext,
  pickReplica: () => ActorRef<StoreProtocol> | undefined,
  request: WatchRequest,
  handlers: StoreWatchHandlers,
): StoreWatch {
  assert(!isEmptyRange(request), 'a watch has keys that it could see');
  const watch: Watch = {
    context,
    pickReplica,
    request,
    handlers,
    nextRevision: request.startRevision ?? 0,
    partial: 0,
    repeated: 0,
    started: false,
    over: false,
    paused: false,
    failures: 0,
    life: 0,
    stream: undefined,
  };
  open(watch);
  return {
    cancel() {
      if (!watch.over) end(watch, { code: 'canceled' });
    },
    pause() {
      watch.paused = true;
      watch.stream?.pause();
    },
    resume() {
      watch.paused = false;
      watch.stream?.resume();
    },
  };
}

interface Watch {
  readonly context: ActorContext;
  readonly pickReplica: () => ActorRef<StoreProtocol> | undefined;
  readonly request: WatchRequest;
  readonly handlers: StoreWatchHandlers;
  /** The first revision that has not been delivered; 0 while that is "what comes after now". */
  nextRevision: number;
  /** Events from `nextRevision` on that have been delivered already: pieces of a batch whose last one has not come. */
  partial: number;
  /** How many of those the present stream has still to repeat. */
  repeated: number;
  /** The first, empty batch has been delivered. */
  started: boolean;
  over: boolean;
  paused: boolean;
  /** Streams in a row that ended before they delivered anything. */
  failures: number;
  /** Numbers the streams: what an ended one still says is not heard. */
  life: number;
  stream: StreamHandle | undefined;
}

function open(watch: Watch): void {
  if (watch.over) return;
  const replica = watch.pickReplica();
  if (replica === undefined) {
    watch.failures++;
    void reopenAfter(watch, retryPauseMs(watch.failures));
    return;
  }
  const life = ++watch.life;
  watch.repeated = watch.partial;
  const current = (): boolean => watch.life === life && !watch.over;
  const stream = watch.context.openStream(
    replica,
    'watch',
    { ...watch.request, startRevision: watch.nextRevision },
    {
      onItem(batch) {
        if (current()) deliver(watch, batch);
      },
      onEnd(streamEnd) {
        if (current()) streamEnded(watch, streamEnd);
      },
    },
  );
  // The stream may have ended, or the watch been canceled, before this line.
  if (!current()) {
    stream.cancel();
    return;
  }
  watch.stream = stream;
  if (watch.paused) stream.pause();
}

/** A lagging replica first says a revision that has long been passed; it is left out, as is every event known already. */
function deliver(watch: Watch, batch: WatchBatch): void {
  watch.failures = 0;
  const news = batch.events.filter((event) => event.kv.modRevision >= watch.nextRevision);
  const events = news.slice(watch.repeated);
  watch.repeated -= news.length - events.length;
  const first = !watch.started;
  watch.started = true;
  if (batch.fragment === true) {
    watch.partial += events.length;
    if (events.length > 0)
      watch.handlers.onBatch({ events, revision: batch.revision, fragment: true });
    return;
  }
  if (!first && events.length === 0 && batch.revision < watch.nextRevision) return;
  if (batch.revision >= watch.nextRevision) {
    watch.nextRevision = batch.revision + 1;
    watch.partial = 0;
    watch.repeated = 0;
  }
  watch.handlers.onBatch({ events, revision: batch.revision });
}

function streamEnded(watch: Watch, streamEnd: StreamEnd): void {
  watch.life++;
  watch.stream = undefined;
  if (streamEnd.code === 'failed' && streamEnd.error.code === 'compacted') {
    end(watch, { code: 'compacted', compactRevision: compactRevisionOf(streamEnd.error.details) });
    return;
  }
  const pauseMs = retryPauseMs(watch.failures);
  watch.failures++;
  if (pauseMs === 0) open(watch);
  else void reopenAfter(watch, pauseMs);
}

async function reopenAfter(watch: Watch, pauseMs: number): Promise<void> {
  await watch.context.sleep(pauseMs);
  open(watch);
}

function end(watch: Watch, how: StoreWatchEnd): void {
  watch.over = true;
  watch.stream?.cancel();
  watch.stream = undefined;
  watch.handlers.onEnd(how);
}

function compactRevisionOf(details: unknown): Revision {
  const value = (details as { readonly compactRevision?: unknown } | undefined)?.compactRevision;
  assert(typeof value === 'number', 'a compacted watch says its compact revision');
  return revision(value);
}
