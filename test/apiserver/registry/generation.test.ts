import t from 'tap';
import { RESOURCES } from '../../../src/api/index.js';
import type { ApiResource } from '../../../src/api/index.js';
import { createApiWorld } from '../api-world.js';
import { deployment, MERGE_PATCH, pod } from '../manifests.js';

/** Those that have a generation, and changes of them (as merge patches) that it counts, and that it does not. */
const COUNTED: Readonly<Record<string, { counts: object[]; ignores: object[] }>> = {
  pods: {
    counts: [{ spec: { activeDeadlineSeconds: 60 } }],
    ignores: [{ metadata: { labels: { a: '1' }, annotations: { a: '1' } } }],
  },
  'apps/deployments': {
    counts: [{ spec: { replicas: 5 } }, { metadata: { annotations: { a: '1' } } }],
    ignores: [{ metadata: { labels: { a: '1' } } }],
  },
  'apps/replicasets': {
    counts: [{ spec: { replicas: 5 } }],
    ignores: [{ metadata: { labels: { a: '1' }, annotations: { a: '1' } } }],
  },
  'discovery.k8s.io/endpointslices': {
    counts: [{ endpoints: [{ addresses: ['10.0.0.1'] }] }, { metadata: { labels: { a: '1' } } }],
    ignores: [{ metadata: { annotations: { a: '1' } } }],
  },
};

/** What an object of each kind must have. */
const BODIES: Readonly<Record<string, object>> = {
  Pod: { spec: pod('x')['spec'] },
  Service: { spec: { ports: [{ port: 80 }] } },
  Event: { involvedObject: { namespace: 'default' }, reason: 'Test' },
  Deployment: { spec: deployment('x')['spec'] },
  ReplicaSet: { spec: deployment('x')['spec'] },
  EndpointSlice: { addressType: 'IPv4', endpoints: [] },
  RoleBinding: { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' } },
  ClusterRoleBinding: {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'a' },
  },
};

function urlOf({ group, namespaced, resource, version }: ApiResource): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}${namespaced ? '/namespaces/default' : ''}/${resource}`;
}

for (const row of RESOURCES.filter(({ verbs }) => verbs.includes('patch'))) {
  const id = row.group === '' ? row.resource : `${row.group}/${row.resource}`;
  const { counts, ignores } = COUNTED[id] ?? {
    counts: [],
    ignores: [{ metadata: { labels: { a: '1' }, annotations: { a: '1' } } }],
  };
  const first = COUNTED[id] === undefined ? undefined : 1;
  t.test(`${id}: what its generation counts`, async (t) => {
    const world = createApiWorld();
    await world.start();
    const made = await world.http('POST', urlOf(row), {
      apiVersion: row.group === '' ? row.version : `${row.group}/${row.version}`,
      kind: row.kind,
      metadata: { name: 'x', generation: 7 },
      ...BODIES[row.kind],
    });
    t.match(made, { status: 201 });
    t.equal(made.body.metadata?.generation, first, 'a client cannot choose it');
    const url = `${urlOf(row)}/x`;
    for (const patch of [...ignores, { metadata: { generation: 9 } }]) {
      const { status, body } = await world.http('PATCH', url, patch, MERGE_PATCH);
      t.equal(status, 200);
      t.equal(body.metadata?.generation, first, JSON.stringify(patch));
    }
    let expected = first ?? 0;
    for (const patch of counts) {
      const { body } = await world.http('PATCH', url, patch, MERGE_PATCH);
      t.equal(body.metadata?.generation, ++expected, JSON.stringify(patch));
      const again = await world.http('PATCH', url, patch, MERGE_PATCH);
      t.equal(again.body.metadata?.generation, expected, 'what changes nothing does not count');
    }
    if (!row.subresources.some(({ name }) => name === 'status')) return;
    const status = { conditions: [{ type: 'Tested', status: 'True' }], replicas: 3 };
    const spec = { replicas: 9, activeDeadlineSeconds: 5 };
    const written = await world.http('PATCH', `${url}/status`, { status, spec }, MERGE_PATCH);
    t.equal(written.status, 200);
    t.equal(written.body.metadata?.generation, first === undefined ? first : expected);
  });
}
