import t from 'tap';
import type { CoreV1Event } from '../../src/api/index.js';
import { actorId } from '../../src/base/index.js';
import {
  createApiClient,
  createEventCorrelation,
  createEventRecorder,
} from '../../src/client/index.js';
import { createFakeApi } from './fake-api.js';
import { createFakeWorld } from './fake-world.js';

const regarding = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web-1', uid: 'u1' };

void t.test('the same event again is counted, not repeated', async (t) => {
  const world = createFakeWorld();
  const api = createFakeApi(world);
  api.do({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
  const context = world.context(api);
  const recorder = createEventRecorder(
    context,
    createApiClient(context, { server: actorId('api-server') }),
    { component: 'test' },
  );
  recorder.event(regarding, 'Warning', 'Failed', 'it broke');
  await world.advance(10_000);
  recorder.event(regarding, 'Warning', 'Failed', 'it broke');
  recorder.event(regarding, 'Normal', 'Mended', 'it works');
  await world.advance(1_000);
  const events = api.all<CoreV1Event>('events');
  t.match(events, [
    {
      reason: 'Failed',
      count: 2,
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:10Z',
      source: { component: 'test' },
    },
    { reason: 'Mended', count: 1 },
  ]);
  api.do({
    verb: 'delete',
    resource: 'events',
    namespace: 'default',
    name: events[0]?.metadata.name,
  });
  recorder.event(regarding, 'Warning', 'Failed', 'it broke');
  await world.advance(1_000);
  t.equal(api.all<CoreV1Event>('events').length, 2, 'a counted event that is gone is made anew');
});

void t.test(
  'similar events are combined after ten, and a flood about one object is dropped',
  (t) => {
    const correlation = createEventCorrelation({ component: 'test' });
    const actions = Array.from({ length: 30 }, (_, i) =>
      correlation.correlate(
        { regarding, type: 'Warning', reason: 'Failed', message: `error ${String(i)}` },
        1_000,
      ),
    );
    t.same(
      actions.slice(0, 9).map((action) => action.type),
      Array(9).fill('create'),
    );
    t.match(actions[12], {
      type: 'count',
      event: { message: '(combined from similar events): error 12' },
    });
    t.equal(actions[25]?.type, 'drop');
    t.end();
  },
);

void t.test('what a recorder remembers of its events is bounded', (t) => {
  const correlation = createEventCorrelation({ component: 'test' });
  const about = (name: string): string =>
    correlation.correlate(
      {
        regarding: { ...regarding, name, uid: name },
        type: 'Normal',
        reason: 'Started',
        message: 'it runs',
      },
      1_000,
    ).type;
  t.equal(about('first'), 'create');
  t.equal(about('first'), 'count');
  for (let i = 0; i < 5_000; i++) about(`pod-${String(i)}`);
  t.equal(about('pod-4999'), 'count', 'the newest are remembered');
  t.equal(about('first'), 'create', 'the oldest are not');
  t.end();
});
