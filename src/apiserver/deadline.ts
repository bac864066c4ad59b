import type { Clock } from '../base/index.js';

/** kube-apiserver's own limit for a write: longer than the 30 s that a webhook may take. */
export const WEBHOOK_REQUEST_MS = 34_000;

/** Figures of others that take longer are left out. */
const FIGURES_MS_MAX = 1_000;

/** What `work` gives, or, where that takes longer than `timeoutMs`, what `late` gives. The work itself goes on. */
export function withDeadline<T>(
  clock: Clock,
  timeoutMs: number,
  work: Promise<T>,
  late: () => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(timeoutMs, () => {
      resolve(late());
    });
    work.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer.cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

/** Undefined: they did not come in time, or not at all. */
export function inTime<T>(clock: Clock, figures: Promise<T>): Promise<T | undefined> {
  const none = (): undefined => undefined;
  return withDeadline(clock, FIGURES_MS_MAX, figures.catch(none), none);
}
