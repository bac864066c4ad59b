import { convertHostPort, defineWidgets } from '../custom/converted-widgets.js';
import { conformance, itemsOf, MERGE, namesOf } from './harness.js';

conformance(
  '[sig-api-machinery] CustomResourceConversionWebhook [Privileged:ClusterAdmin] should be able to convert from CR v1 to CR v2',
  async (t, api) => {
    api.webhooks.serve('/crdconvert', convertHostPort);
    const { at, object, group } = await defineWidgets(api, '/crdconvert');
    await api.expect(201, 'POST', at('v1'), object('v1', 'one', { hostPort: 'local:80' }));
    const read = await api.expect(200, 'GET', at('v2', 'one'));
    t.match(read, { apiVersion: `${group}/v2`, host: 'local', port: '80' });
    t.notOk('hostPort' in read);
  },
);

conformance(
  '[sig-api-machinery] CustomResourceConversionWebhook [Privileged:ClusterAdmin] should be able to convert a non homogeneous list of CRs',
  async (t, api) => {
    api.webhooks.serve('/crdconvert', convertHostPort);
    const { at, object, group, definition } = await defineWidgets(api, '/crdconvert');
    await api.expect(201, 'POST', at('v1'), object('v1', 'one', { hostPort: 'local:80' }));
    const { spec } = await api.expect(200, 'GET', definition);
    const { versions } = spec as { versions: { name: string }[] };
    const swapped = versions.map((each) => ({ ...each, storage: each.name === 'v2' }));
    t.match(await api.expect(200, 'PATCH', definition, { spec: { versions: swapped } }, MERGE), {
      status: { storedVersions: ['v1', 'v2'] },
    });
    await api.world.advance(100);
    await api.expect(201, 'POST', at('v1'), object('v1', 'two', { hostPort: 'other:81' }));
    const first = await api.expect(200, 'GET', at('v1'));
    t.same(namesOf(first), ['one', 'two']);
    t.match(itemsOf(first), [{ hostPort: 'local:80' }, { hostPort: 'other:81' }]);
    const second = await api.expect(200, 'GET', at('v2'));
    t.match(itemsOf(second), [
      { apiVersion: `${group}/v2`, host: 'local', port: '80' },
      { apiVersion: `${group}/v2`, host: 'other', port: '81' },
    ]);
  },
);
