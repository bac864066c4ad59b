import { parentPort, workerData } from 'node:worker_threads';
import { assertDefined } from '../../base/index.js';
import type { ThreadData, ThreadNotice, ThreadStart } from './control.js';

let assigned: ThreadData | undefined;

/**
 * Calls back with the life that this thread is to run: at once in a thread that was started for it, later in a spare, which
 * says that it is warm and waits.
 */
export function whenAssigned(begin: (life: ThreadData) => void): void {
  const assign = (life: ThreadData): void => {
    assigned = life;
    begin(life);
  };
  const { life } = workerData as ThreadStart;
  if (life !== undefined) {
    assign(life);
    return;
  }
  assertDefined(parentPort, 'the parent port').once('message', assign);
  notify({ type: 'warm' });
}

/** Undefined in a spare that waits, and outside of a thread. */
export function assignedLife(): ThreadData | undefined {
  return assigned;
}

export function notify(notice: ThreadNotice): void {
  assertDefined(parentPort, 'the parent port').postMessage(notice);
}
