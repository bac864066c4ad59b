/**
 * Goes on when no promise has anything left to do, without a turn of the event loop: a tick follows the microtasks, those that
 * they beget included. For simulations, which wait on nothing but themselves. A rejection that nobody handles is told when the
 * whole simulation is over.
 */
export function drainPromises(resume: () => void): void {
  queueMicrotask(() => {
    process.nextTick(resume);
  });
}
