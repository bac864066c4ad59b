import t from 'tap';
import { nextToRestart } from '../../src/daemon/rolling-restart.js';

const ACTORS = [
  ...['store-0', 'store-1', 'store-2'].map((id) => ({ id, component: 'store' })),
  ...['api-server', 'scheduler', 'gateway', 'snapshot'].map((id) => ({ id, component: id })),
];

function order(leaderAt: (step: number) => string | null): string[] {
  const done = new Set<string>();
  for (;;) {
    const next = nextToRestart(ACTORS, leaderAt(done.size), done);
    if (next === undefined) return [...done];
    done.add(next);
  }
}

t.test('followers first, the leader last, the gateway never', async (t) => {
  t.same(
    order(() => 'store-0'),
    ['store-1', 'store-2', 'api-server', 'scheduler', 'store-0'],
  );
});

t.test('where the lead changes meanwhile, each is restarted once all the same', async (t) => {
  const leaders = ['store-0', 'store-0', 'store-2', 'store-1', null];
  const restarted = order((step) => leaders[step] ?? null);
  t.same([...restarted].sort(), ['api-server', 'scheduler', 'store-0', 'store-1', 'store-2']);
  t.same(restarted.slice(0, 3), ['store-1', 'store-2', 'store-0']);
});
