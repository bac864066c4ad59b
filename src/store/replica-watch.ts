import type { StreamCall } from '../actor/index.js';
import type { WatchBatch, WatchRequest } from '../protocol/index.js';
import type { StateMachine } from './state-machine.js';

/**
 * Feeds a watch stream from the state machine. When the consumer's window is full nothing is queued beyond the batch in
 * hand: the watcher catches up from the history when there is room again.
 */
export function serveWatch(
  machine: StateMachine,
  call: StreamCall<WatchRequest, WatchBatch>,
): void {
  const watch = { over: false };
  const handle = machine.watch(call.request, {
    onBatch: (batch) => call.send(batch),
    onCompacted: (compactRevision) => {
      watch.over = true;
      call.fail({
        code: 'compacted',
        message: 'etcdserver: mvcc: required revision has been compacted',
        details: { compactRevision },
      });
    },
  });
  if (watch.over) return;
  call.onDrain(() => {
    handle.resume();
  });
  call.onCancel(() => {
    handle.cancel();
  });
}
