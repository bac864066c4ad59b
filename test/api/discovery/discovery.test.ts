import t from 'tap';
import {
  aggregatedDiscovery,
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
} from '../../../src/api/index.js';

void t.test('aggregated discovery tells kubectl all it needs of a resource', (t) => {
  const [core] = aggregatedDiscovery('/api')['items'] as {
    metadata: object;
    versions: Version[];
  }[];
  t.same(core?.metadata, {});
  const pods = core?.versions[0]?.resources.find((row) => row.resource === 'pods');
  t.match(pods, {
    responseKind: { group: '', version: 'v1', kind: 'Pod' },
    scope: 'Namespaced',
    singularResource: 'pod',
    shortNames: ['po'],
    categories: ['all'],
  });
  t.same(
    (pods?.subresources ?? []).map((each) => each.subresource),
    [
      'attach',
      'binding',
      'ephemeralcontainers',
      'eviction',
      'exec',
      'log',
      'portforward',
      'proxy',
      'resize',
      'status',
    ],
  );
  const groups = aggregatedDiscovery('/apis')['items'] as { metadata: { name: string } }[];
  t.equal(groups[1]?.metadata.name, 'apps', 'apps is before the groups of lower priority');
  t.end();
});

interface Version {
  readonly resources: { resource: string; subresources?: { subresource: string }[] }[];
}

void t.test('a subresource of another kind says of which', (t) => {
  const list = apiResourceList('apps/v1')?.['resources'] as { name: string }[];
  t.match(
    list.find((each) => each.name === 'deployments/scale'),
    { group: 'autoscaling', version: 'v1', kind: 'Scale', singularName: '' },
  );
  t.equal('group' in (list.find((each) => each.name === 'deployments') ?? {}), false);
  t.end();
});

void t.test('the older forms of discovery are there', (t) => {
  t.match(apiVersions('127.0.0.1:6443'), {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ serverAddress: '127.0.0.1:6443' }],
  });
  t.match(apiGroup('apps'), {
    kind: 'APIGroup',
    name: 'apps',
    preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
  });
  t.equal(apiGroup(''), undefined);
  t.equal(apiGroup('nothing.example'), undefined);
  t.equal(apiResourceList('apps/v2'), undefined);
  const groups = apiGroupList()['groups'] as { name: string }[];
  t.notOk(
    groups.some((group) => group.name === ''),
    'the core group is not among them',
  );
  t.end();
});
