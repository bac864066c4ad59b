import t from 'tap';
import { type ChildRequest, childRefusal } from '../../src/actor/index.js';
import { actorId } from '../../src/base/index.js';
import { childSpec, drive, supervisorSpec } from './supervisor-world.js';

const a = actorId('a');
const b = actorId('b');
const c = actorId('c');
const ofAB = (more: Parameters<typeof supervisorSpec>[1] = {}) =>
  drive(supervisorSpec([childSpec('a'), childSpec('b')], more));

t.test('a child that is started later comes last, and stops first', async (t) => {
  const driver = ofAB().start();
  t.same(driver.happen({ type: 'start-child', spec: childSpec('c') }), ['spawn c1']);
  driver.ready('c');
  t.same(driver.exit('c'), ['died c1 crash 0', 'spawn c2'], 'and is restarted like any other');
  t.same(driver.happen({ type: 'stop' }), ['shutdown c2']);
});

t.test('one that fails before it is ready is forgotten, and counts for nothing', async (t) => {
  const driver = ofAB({ intensity: 0 }).start();
  driver.happen({ type: 'start-child', spec: childSpec('c') });
  t.same(driver.exit('c'), ['died c1 crash undefined']);
  t.same(driver.phases(), ['running', 'running']);
  t.same(driver.state.crashTimesMs, []);
  const again = {
    type: 'start-child',
    spec: childSpec('c'),
    past: { incarnation: 1, restarts: 0 },
  } as const;
  t.same(driver.happen(again), ['spawn c2'], 'a later one of that id is another life');
});

t.test('terminated, it stays down and known; it can be started again or deleted', async (t) => {
  const driver = ofAB().start();
  t.same(driver.happen({ type: 'terminate-child', id: a }), ['shutdown a1']);
  t.same(driver.exit('a', 'normal'), ['died a1 normal undefined']);
  t.same(driver.phases(), ['stopped', 'running']);
  t.same(driver.happen({ type: 'restart-child', id: a }), ['spawn a2']);
  driver.ready('a');
  t.same(driver.exit('a'), ['died a2 crash 0', 'spawn a3'], 'an ordinary child again');
  driver.ready('a');
  driver.happen({ type: 'terminate-child', id: a });
  driver.exit('a', 'normal');
  driver.happen({ type: 'delete-child', id: a });
  t.same(driver.phases(), ['running']);
});

t.test('a restart on request that fails leaves it failed', async (t) => {
  const driver = ofAB({ intensity: 0 }).start();
  driver.happen({ type: 'terminate-child', id: a });
  driver.exit('a', 'normal');
  driver.happen({ type: 'restart-child', id: a });
  t.same(driver.exit('a'), ['died a2 crash undefined']);
  t.same(driver.phases(), ['failed', 'running']);
});

t.test('one that waits for its restart, or is held, can be terminated too', async (t) => {
  const driver = ofAB({ intensity: 10 }).start();
  driver.exit('a');
  driver.ready('a');
  driver.exit('a');
  driver.kill('b', Infinity);
  driver.exit('b');
  t.same(driver.phases(), ['restarting', 'held']);
  t.same(driver.happen({ type: 'terminate-child', id: a }), []);
  t.same(driver.happen({ type: 'terminate-child', id: b }), []);
  t.same(driver.pass(10_000), []);
  t.same(driver.phases(), ['stopped', 'stopped']);
});

t.test('siblings that wait for a terminated one start all the same', async (t) => {
  const driver = ofAB({ strategy: 'one_for_all', intensity: 10 }).start();
  driver.exit('a');
  driver.exit('b', 'normal');
  driver.ready('a');
  driver.ready('b');
  driver.exit('a');
  driver.exit('b', 'normal');
  t.same(driver.phases(), ['restarting', 'restarting'], 'after the second crash they wait');
  driver.happen({ type: 'terminate-child', id: a });
  t.same(driver.pass(100), ['spawn b3']);
  driver.ready('b');
  t.same(driver.happen({ type: 'delete-child', id: a }), []);
  t.same(driver.exit('b'), ['died b3 crash 0', 'spawn b4']);
});

t.test(
  'terminated while its siblings are being stopped: it is left out of their start',
  async (t) => {
    const driver = ofAB({ strategy: 'one_for_all' }).start();
    t.same(driver.exit('a'), ['died a1 crash 0', 'shutdown b1']);
    driver.happen({ type: 'terminate-child', id: b });
    t.same(driver.exit('b', 'normal'), ['died b1 normal undefined', 'spawn a2']);
    t.same(driver.phases(), ['starting', 'stopped']);
  },
);

t.test('requests that make no sense are refused by name', async (t) => {
  const driver = ofAB().start();
  driver.happen({ type: 'terminate-child', id: b });
  driver.exit('b', 'normal');
  const refusal = (request: ChildRequest): string | undefined =>
    childRefusal(driver.state, request);
  t.equal(refusal({ type: 'start-child', spec: childSpec('a') }), 'already-started');
  t.equal(refusal({ type: 'start-child', spec: childSpec('b') }), 'already-present');
  t.equal(refusal({ type: 'restart-child', id: a }), 'running');
  t.equal(refusal({ type: 'delete-child', id: a }), 'running');
  for (const type of ['terminate-child', 'restart-child', 'delete-child'] as const)
    t.equal(refusal({ type, id: c }), 'unknown-child');
  t.equal(refusal({ type: 'terminate-child', id: b }), undefined, 'down already is no error');
  driver.kill('a', Infinity);
  driver.exit('a');
  t.equal(refusal({ type: 'restart-child', id: a }), 'restarting');
  t.equal(refusal({ type: 'delete-child', id: a }), 'restarting');
  driver.happen({ type: 'stop' });
  t.equal(refusal({ type: 'start-child', spec: childSpec('c') }), 'supervisor-stopping');
});

t.test('the id of a temporary child that has ended is free', async (t) => {
  const driver = drive(supervisorSpec([childSpec('a', { restart: 'temporary' })])).start();
  driver.exit('a');
  t.same(driver.happen({ type: 'start-child', spec: childSpec('a') }), ['spawn a2']);
  t.same(driver.phases(), ['starting']);
});

t.test('a supervisor without children is ready at once, and stays', async (t) => {
  const driver = drive(supervisorSpec([]));
  t.same(driver.happen({ type: 'start' }), ['ready']);
  t.same(driver.happen({ type: 'start-child', spec: childSpec('a') }), ['spawn a1']);
  driver.ready('a');
  t.same(driver.happen({ type: 'stop' }), ['shutdown a1']);
  t.same(driver.exit('a', 'normal'), ['died a1 normal undefined', 'ended']);
});
