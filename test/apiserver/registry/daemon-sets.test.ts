import t from 'tap';
import { createApiWorld, type Answer } from '../api-world.js';
import { MERGE_PATCH } from '../manifests.js';

const SETS = '/apis/apps/v1/namespaces/default/daemonsets';
const COUNT = 'deprecated.daemonset.template.generation';
const labels = { app: 'agent' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'a' }] } };

const world = createApiWorld();
t.before(() => world.start());

const countOf = ({ body }: Answer): unknown => body.metadata?.annotations?.[COUNT];

t.test('a DaemonSet counts the changes of its template in an annotation', async (t) => {
  const made = await world.http('POST', SETS, {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent' },
    spec: { selector: { matchLabels: labels }, template },
  });
  t.equal(made.status, 201, made.text);
  t.equal(countOf(made), '1');
  const url = `${SETS}/agent`;
  const patch = (body: object): Promise<Answer> => world.http('PATCH', url, body, MERGE_PATCH);
  t.equal(countOf(await patch({ spec: { minReadySeconds: 5 } })), '1');
  const changed = { spec: { containers: [{ name: 'c', image: 'b' }] } };
  t.equal(countOf(await patch({ spec: { template: changed } })), '2');
  t.equal(countOf(await patch({ metadata: { annotations: { [COUNT]: '9' } } })), '2');
  t.equal(countOf(await patch({ metadata: { annotations: null } })), '2', 'nobody can remove it');
  const status = await world.http(
    'PATCH',
    `${url}/status`,
    { metadata: { annotations: { [COUNT]: '9' } } },
    MERGE_PATCH,
  );
  t.equal(countOf(status), '2', 'a write of the status neither');
});
