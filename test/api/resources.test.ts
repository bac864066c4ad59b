import t from 'tap';
import { findKind, findResource, RESOURCES, resourcesOf } from '../../src/api/index.js';
import { findModel } from '../../src/api/scheme/model.js';

void t.test('every row names models that exist', (t) => {
  for (const row of RESOURCES) {
    t.ok(findModel(row.model), row.model);
    if (row.verbs.includes('list')) t.ok(findModel(row.listModel), row.listModel);
    for (const each of row.subresources.filter(({ model }) => model !== ''))
      t.ok(findModel(each.model), `${row.resource}/${each.name}`);
  }
  t.end();
});

void t.test('resources and kinds are found, each in its own group', (t) => {
  t.equal(findResource('', 'v1', 'pods')?.kind, 'Pod');
  t.equal(findResource('apps', 'v1', 'pods'), undefined);
  t.equal(findKind('apps/v1', 'Deployment')?.resource, 'deployments');
  t.equal(findKind('v1', 'Deployment'), undefined);
  t.same(
    resourcesOf('apps', 'v1').map((row) => row.resource),
    ['controllerrevisions', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  );
  t.end();
});

void t.test("objects are kept under kube-apiserver's own keys", (t) => {
  const prefix = (group: string, resource: string): string | undefined =>
    findResource(group, 'v1', resource)?.storagePrefix;
  t.equal(prefix('', 'pods'), '/registry/pods');
  t.equal(prefix('', 'nodes'), '/registry/minions');
  t.equal(prefix('', 'services'), '/registry/services/specs');
  t.equal(prefix('', 'endpoints'), '/registry/services/endpoints');
  t.equal(prefix('apps', 'deployments'), '/registry/deployments');
  t.equal(prefix('coordination.k8s.io', 'leases'), '/registry/leases');
  const stored = RESOURCES.filter((row) => row.storedAs === undefined);
  const prefixes = stored.map((row) => row.storagePrefix).filter((each) => each !== '');
  t.equal(new Set(prefixes).size, prefixes.length, 'no two share one');
  for (const row of RESOURCES) {
    if (row.storedAs === undefined) continue;
    const { group: into, version, resource } = row.storedAs;
    t.equal(findResource(into, version, resource)?.storagePrefix, row.storagePrefix);
  }
  t.end();
});
