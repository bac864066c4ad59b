import t from 'tap';
import { createApiWorld } from './api-world.js';
import { pod, PODS } from './manifests.js';

const AT = { group: '', version: 'v1', resource: 'pods', namespace: 'default' };

t.test('components get objects without managed fields, and their writes leave them', async (t) => {
  const world = createApiWorld();
  await world.start();
  await world.http('POST', '/api/v1/nodes', { metadata: { name: 'node-1' } });
  const spec = { nodeName: 'node-1' };
  const kubectl = { headers: { 'user-agent': 'kubectl/v1.36' } };
  await world.http('POST', PODS, pod('p', { spec }), kubectl);
  const { object } = await world.message('kubelet-node-1', { verb: 'get', ...AT, name: 'p' });
  t.match(object, { kind: 'Pod', metadata: { name: 'p', managedFields: undefined } });
  const query = { fieldSelector: 'spec.nodeName=node-1' };
  const listed = await world.message('kubelet-node-1', { verb: 'list', ...AT, query });
  t.match(listed.object['items'], [{ metadata: { name: 'p', managedFields: undefined } }]);
  const log = await world.watchMessages('kubelet-node-1', { verb: 'watch', ...AT, query });
  t.match(log.events, [{ type: 'ADDED', object: { metadata: { managedFields: undefined } } }]);
  const written = await world.message('kubelet-node-1', {
    verb: 'update',
    ...AT,
    name: 'p',
    subresource: 'status',
    body: { ...object, status: { phase: 'Running' } },
  });
  t.match(written, { code: 200, object: { metadata: { managedFields: undefined } } });
  const { body } = await world.http('GET', `${PODS}/p`);
  t.match(body.metadata?.managedFields, [
    { manager: 'kubectl', operation: 'Update' },
    { manager: 'kubelet', operation: 'Update', subresource: 'status' },
  ]);
});
