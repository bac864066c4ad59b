import type { StreamCall } from '../actor/index.js';
import { expired } from '../api/index.js';
import type { Status } from '../api/index.js';
import type { Timer } from '../base/index.js';
import type { Pipeline } from './pipeline.js';
import type { WatchPlan } from './registry/watch.js';
import type { CachedObject } from './watch-cache/cached-object.js';
import { startPreparedSession } from './watch-cache/prepared-session.js';
import type { WatchItem } from './watch-cache/watch-item.js';
import { watchPump } from './watch-cache/watch-pump.js';
import { startWatchSession } from './watch-cache/watch-session.js';
import type { WatchSession, WatchSink } from './watch-cache/watch-session.js';

const BOOKMARK_MS = 60_000;
const PENDING_ITEMS_MAX = 5_000;

/** How a face writes a watch. */
export interface WatchEncoding<Item> {
  items(items: readonly WatchItem[]): Item;
  error(status: Status): Item;
}

type Stream<Item> = Pick<StreamCall<unknown, Item>, 'send' | 'onDrain' | 'onCancel' | 'complete'>;

/** Runs a watch on a stream, until it times out, the consumer goes or falls too far behind, or its past is lost. */
export function runWatchStream<Item>(
  pipeline: Pipeline,
  plan: WatchPlan,
  stream: Stream<Item>,
  encoding: WatchEncoding<Item>,
): void {
  const { feed, clock, log, converter } = pipeline.ports;
  const timers: Timer[] = [];
  const running: { session?: WatchSession } = {};
  let open = true;
  const close = (last?: Item): void => {
    if (!open) return;
    open = false;
    for (const timer of timers) timer.cancel();
    running.session?.close();
    pipeline.metrics.watchEnded(plan.resource);
    if (last !== undefined) stream.send(last);
  };
  const end = (last?: Item): void => {
    if (!open) return;
    close(last);
    stream.complete();
  };
  const pump = watchPump<Item>(
    stream,
    (items) => encoding.items(items),
    PENDING_ITEMS_MAX,
    () => {
      log.warn('a watcher is too slow and is cut off', { resource: plan.resource.resource });
      end();
    },
  );
  pipeline.metrics.watchStarted(plan.resource);
  stream.onCancel(close);
  const sink: WatchSink = {
    deliver: (items) => {
      if (open) pump.deliver(items);
    },
    lost: () => {
      end(encoding.error(expired('too old resource version: the watch cache was filled anew')));
    },
  };
  const { resource, cache, selection, start } = plan;
  const started = converter.prepares(resource)
    ? startPreparedSession(feed, cache, selection, start, sink, prepareViews)
    : startWatchSession(feed, cache, selection, start, sink);
  if ('code' in started) {
    const asked = plan.start.type === 'after' ? plan.start.revision : 0;
    end(
      encoding.error(
        expired(`too old resource version: ${String(asked)} (${String(started.oldestRevision)})`),
      ),
    );
    return;
  }
  running.session = started;
  timers.push(
    clock.after(plan.timeoutMs, () => {
      end();
    }),
  );
  if (plan.bookmarks) keepBookmarking();

  async function prepareViews(objects: readonly CachedObject[]): Promise<boolean> {
    const prepared = await converter.prepare(resource, objects);
    if (!prepared.ok) end(encoding.error(prepared.error));
    return prepared.ok;
  }

  function keepBookmarking(): void {
    timers[1] = clock.after(BOOKMARK_MS, () => {
      const { session } = running;
      if (session !== undefined && pump.pendingItems === 0) {
        pump.deliver([
          { type: 'BOOKMARK', resumeAfter: session.revision, initialEventsEnd: false },
        ]);
      }
      keepBookmarking();
    });
  }
}
