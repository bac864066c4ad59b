import type { StreamCall } from '../../actor/index.js';
import type { WatchItem } from './watch-item.js';

const BATCH_ITEMS_MAX = 200;

export interface WatchPump {
  deliver(items: readonly WatchItem[]): void;
  /** Items that wait for the consumer. */
  readonly pendingItems: number;
}

/**
 * Carries items to the consumer of a stream, no faster than it takes them. What waits is a list of references to shared
 * objects; they are encoded when their turn comes. Overflow policy: a consumer with more than `pendingItemsMax` live
 * events waiting is cut off (`onOverflow`), and resumes from where it was.
 */
export function watchPump<Item>(
  stream: Pick<StreamCall<unknown, Item>, 'send' | 'onDrain'>,
  encode: (items: readonly WatchItem[]) => Item,
  pendingItemsMax: number,
  onOverflow: () => void,
): WatchPump {
  let pending: WatchItem[] = [];
  let head = 0;
  let blocked = false;
  let initialItems = 0;

  const flush = (): void => {
    while (!blocked && head < pending.length) {
      const batch = pending.slice(head, head + BATCH_ITEMS_MAX);
      head += batch.length;
      blocked = !stream.send(encode(batch));
    }
    if (head === pending.length) {
      pending = [];
      head = 0;
      initialItems = 0;
    }
  };
  stream.onDrain(() => {
    blocked = false;
    flush();
  });
  return {
    deliver(items) {
      for (const item of items) {
        pending.push(item);
        if (item.resumeAfter === undefined) initialItems++;
      }
      if (pending.length - head - initialItems > pendingItemsMax) onOverflow();
      else flush();
    },
    get pendingItems() {
      return pending.length - head;
    },
  };
}
