import type { Clock } from '../../base/index.js';
import type { ResourceCache } from '../watch-cache/resource-cache.js';

/** Asks for one more look after so many ms, whether somebody tells of a change or not. */
export type LookLater = (delayMs: number) => void;

/**
 * Looks at once, and again after each change of these caches, until it is stopped; one look at a time. What changes during a
 * look is looked at by the next.
 */
export async function lookAtChanges(
  clock: Pick<Clock, 'after'>,
  caches: readonly ResourceCache[],
  isStopped: () => boolean,
  look: (later: LookLater) => Promise<void>,
): Promise<void> {
  let wake: () => void = () => undefined;
  let changed = true;
  const note = (): void => {
    changed = true;
    wake();
  };
  const listen = (cache: ResourceCache): void => {
    cache.listen({
      onEvents: note,
      onReset: () => {
        listen(cache);
        note();
      },
    });
  };
  caches.forEach(listen);
  while (!isStopped()) {
    if (!changed) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    changed = false;
    await look((delayMs) => {
      clock.after(delayMs, note);
    });
  }
}
