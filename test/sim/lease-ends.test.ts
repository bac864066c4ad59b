import t from 'tap';
import { assertDefined } from '../../src/base/index.js';
import { ClientHistory } from '../../src/sim/client-history.js';
import { LeaseEnds } from '../../src/sim/lease-ends.js';

/** A clock that is set by hand, and timers that are run by hand. */
class World {
  nowMs = 0;
  readonly timers: (() => void)[] = [];
  readonly history = new ClientHistory(() => this.nowMs);
  readonly leases = new LeaseEnds({
    history: this.history,
    nowMs: () => this.nowMs,
    after: (_, callback) => this.timers.push(callback),
    momentOf: (ms) => ms,
  });

  runTimer(at: number, nowMs: number): void {
    this.nowMs = nowMs;
    assertDefined(this.timers[at], 'it waits for the end')();
  }
}

t.test('a client that learns late of the end of a lease does not date it later', (t) => {
  const world = new World();
  world.leases.hold('key', 1000, 500);
  world.runTimer(0, 4000);
  const outcome = { type: 'unknown' };
  t.match(world.history.operations, [{ client: 'store', begun: 1500, outcome }]);
  t.end();
});

t.test('a lease that is renewed ends later', (t) => {
  const world = new World();
  world.leases.hold('key', 1000, 500).renewed(1200);
  world.runTimer(0, 1600);
  t.same(world.history.operations, []);
  world.runTimer(1, 2300);
  t.match(world.history.operations, [{ begun: 2200 }]);
  t.end();
});

t.test('whose timer is late is known all the same when the history is read', (t) => {
  const world = new World();
  world.leases.hold('key', 1000, 500);
  world.leases.hold('other', 9000, 500);
  world.nowMs = 1510;
  world.leases.catchUp();
  t.match(world.history.operations, [{ client: 'store', begun: 1500 }]);
  world.runTimer(0, 1520);
  t.equal(world.history.operations.length, 1, 'once');
  t.equal(world.timers.length, 2, 'nothing waits twice');
  t.end();
});
