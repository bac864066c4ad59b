import { MERGE, STRATEGIC, conformance, itemsOf, namesOf, versionOf } from './harness.js';
import type { Api } from './harness.js';

const EVENTS = 'events.k8s.io/events';

const event = (api: Api, name: string) => ({
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name, labels: { of: api.namespace } },
  regarding: { namespace: api.namespace, kind: 'Pod', name: 'p' },
  note: 'This is a test event',
  reason: 'Test',
  action: 'Do',
  type: 'Normal',
  reportingController: 'test-controller',
  reportingInstance: 'test-node',
  eventTime: '2026-01-01T00:00:00.000000Z',
});

conformance(
  '[sig-instrumentation] Events API should ensure that an event can be fetched, patched, deleted, and listed',
  async (t, api) => {
    const url = api.in(EVENTS);
    const all = `/apis/events.k8s.io/v1/events?labelSelector=of%3D${api.namespace}`;
    const created = await api.expect(201, 'POST', url, event(api, 'a'));
    t.match(created, event(api, 'a'));
    for (const list of [all, url]) t.same(namesOf(await api.expect(200, 'GET', list)), ['a']);
    const selector = encodeURIComponent('reportingController=test-controller');
    const selected = await api.expect(200, 'GET', `${url}?fieldSelector=${selector}`);
    t.same(namesOf(selected), ['a']);
    const others = await api.expect(200, 'GET', `${url}?fieldSelector=reportingController%3Dx`);
    t.same(namesOf(others), []);

    const series = { count: 2, lastObservedTime: '2026-01-01T00:00:01.000000Z' };
    const patched = await api.expect(200, 'PATCH', `${url}/a`, { series }, STRATEGIC);
    t.match(patched, { ...event(api, 'a'), series });
    const later = { series: { ...series, count: 3 } };
    t.match(await api.expect(200, 'PATCH', `${url}/a`, later, MERGE), later);
    const got = await api.expect(200, 'GET', `${url}/a`);
    const updated = await api.expect(200, 'PUT', `${url}/a`, { ...got, series });
    t.match(updated, { series, metadata: { uid: created.metadata?.uid } });
    t.not(versionOf(updated), versionOf(created));
    // The same event, as the core group has it.
    t.match(await api.expect(200, 'GET', `${api.in('events')}/a`), {
      apiVersion: 'v1',
      involvedObject: event(api, 'a').regarding,
      message: 'This is a test event',
      reportingComponent: 'test-controller',
      series,
    });
    await api.expect(200, 'DELETE', `${url}/a`);
    for (const list of [all, url]) t.same(namesOf(await api.expect(200, 'GET', list)), []);
  },
);

conformance(
  '[sig-instrumentation] Events API should delete a collection of events',
  async (t, api) => {
    const url = api.in(EVENTS);
    const names = ['a', 'b', 'c'];
    for (const name of names) await api.expect(201, 'POST', url, event(api, name));
    await api.expect(201, 'POST', url, { ...event(api, 'other'), metadata: { name: 'other' } });
    const selected = `${url}?labelSelector=of%3D${api.namespace}`;
    t.same(namesOf(await api.expect(200, 'GET', selected)), names);
    await api.expect(200, 'DELETE', selected);
    t.same(itemsOf(await api.expect(200, 'GET', selected)), []);
    t.same(namesOf(await api.expect(200, 'GET', url)), ['other']);
  },
);
