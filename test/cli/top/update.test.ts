import t from 'tap';
import { keysOf, type Key, type SpecialKeys } from '../../../src/cli/top/keys.js';
import { EMPTY_MODEL, selectedActor, type TopModel } from '../../../src/cli/top/model.js';
import { update, type Effect } from '../../../src/cli/top/update.js';
import { sampleAt } from './sample-cluster.js';

const SEEN = update(EMPTY_MODEL, { type: 'sampled', sample: sampleAt(1000) }).model;

/** The state after these keys, and what the last one did. */
function after(keys: readonly Key[], from = SEEN): { model: TopModel; effect: Effect } {
  let step = { model: from, effect: { type: 'none' } as Effect };
  for (const key of keys) step = update(step.model, { type: 'key', key });
  return step;
}

t.test('views by number, and round and round', async (t) => {
  t.equal(after([{ view: 4 }]).model.view, 'nodes');
  t.same(after([{ view: 4 }]).effect, { type: 'refresh' }, 'its data are asked for at once');
  t.equal(after([{ view: 9 }]).model.view, 'cluster', 'there is no ninth');
  t.equal(after(['next-view', 'next-view']).model.view, 'elections');
  t.equal(after(['previous-view']).model.view, 'pods');
  t.equal(after(Array<Key>(5).fill('next-view')).model.view, 'cluster');
});

t.test('a selection stays within the rows, and each view has its own', async (t) => {
  t.equal(selectedActor(SEEN), 'store-0');
  t.equal(selectedActor(after(['down']).model), 'store-1');
  t.equal(selectedActor(after(['up']).model), 'store-0');
  t.equal(selectedActor(after(['last', 'down']).model), 'store-2');
  const actors = after(['down', { view: 2 }, 'page-down', 'page-down']).model;
  t.equal(selectedActor(actors), 'gateway');
  t.equal(selectedActor(after(['first'], actors).model), 'store-0');
  t.equal(selectedActor(after([{ view: 1 }], actors).model), 'store-1');
  t.equal(after(['down'], EMPTY_MODEL).model.sample, undefined, 'nothing to select yet');
});

t.test('a kill is asked for first, and only `y` agrees', async (t) => {
  const asked = after(['down', 'kill']);
  t.same(asked.model.dialog, { type: 'confirm-kill', actor: 'store-1' });
  t.same(asked.effect, { type: 'none' });
  const agreed = after(['yes'], asked.model);
  t.same(agreed.effect, { type: 'kill', actor: 'store-1' });
  t.equal(agreed.model.dialog, undefined);
  for (const key of ['escape', 'kill', 'other', { view: 2 }] as const) {
    const declined = after([key], asked.model);
    t.same(declined.effect, { type: 'none' });
    t.equal(declined.model.notice, 'store-1 was not killed');
  }
  t.match(after([{ view: 5 }, 'kill']).model.notice, /select an actor/, 'a pod is no actor');
});

t.test('what was asked for another view is kept until it is asked again', async (t) => {
  const sample = sampleAt(2000, { actors: undefined, pods: undefined });
  const { model } = update({ ...SEEN, lost: 'away' }, { type: 'sampled', sample });
  t.equal(model.sample?.actors?.atMs, 1000);
  t.equal(model.before, SEEN.sample);
  t.equal(model.lost, undefined, 'an answer ends a loss');
});

t.test('the help closes at any key, and q quits from anywhere', async (t) => {
  t.equal(after(['help', { view: 3 }]).model.view, 'cluster');
  t.equal(after(['help', { view: 3 }]).model.dialog, undefined);
  t.same(after(['quit']).effect, { type: 'quit' });
  t.same(after(['kill', 'quit']).effect, { type: 'quit' });
});

t.test('keys of a terminal', async (t) => {
  const none: SpecialKeys = {
    ...{ ctrl: false, shift: false, escape: false, tab: false, home: false, end: false },
    ...{ upArrow: false, downArrow: false, leftArrow: false, rightArrow: false },
    ...{ pageUp: false, pageDown: false },
  };
  t.same(keysOf('3', none), [{ view: 3 }]);
  t.same(keysOf('ny', none), ['other', 'yes'], 'two that come together are two');
  t.same(keysOf('c', { ...none, ctrl: true }), ['quit']);
  t.same(keysOf('k', { ...none, ctrl: true }), ['other'], 'not the letter');
  t.same(keysOf('', { ...none, tab: true }), ['next-view']);
  t.same(keysOf('', { ...none, tab: true, shift: true }), ['previous-view']);
  t.same(keysOf('', { ...none, upArrow: true }), ['up']);
});
