import t from 'tap';
import { SupervisorHost } from '../../src/actor/index.js';
import { actorId, seededRandom } from '../../src/base/index.js';
import { childSpec, supervisorSpec } from './supervisor-world.js';

t.test(
  'a child that is ready leaves no timer behind, and one that waits has its own',
  async (t) => {
    const pending = new Set<() => void>();
    const host = new SupervisorHost({
      spec: supervisorSpec([childSpec('store'), childSpec('kubelet')]),
      clock: {
        monotonicMs: () => 0,
        wallMs: () => 0,
        after: (_delayMs, callback) => {
          pending.add(callback);
          return { cancel: () => void pending.delete(callback) };
        },
      },
      random: seededRandom(1),
      spawn: () => undefined,
      shutDown: () => undefined,
      kill: () => undefined,
      onEvent: () => undefined,
      onReady: () => undefined,
      onEnded: () => undefined,
    });
    const [store, kubelet] = [actorId('store'), actorId('kubelet')];
    host.happened({ type: 'start' });
    t.equal(pending.size, 2, 'each has a time to start in');
    host.happened({ type: 'ready', id: store, incarnation: 1 });
    t.equal(pending.size, 1);
    host.happened({ type: 'ready', id: kubelet, incarnation: 1 });
    t.equal(pending.size, 0);
    host.exited(kubelet, 1, { kind: 'crash', message: 'a fault' });
    t.equal(pending.size, 1, 'its restart');
    for (const callback of pending) callback();
    host.happened({ type: 'stop' });
    host.exited(kubelet, 2, { kind: 'normal' });
    host.exited(store, 1, { kind: 'normal' });
    t.equal(pending.size, 0);
  },
);
