import { createApiWorld } from '../api-world.js';
import type { Json, WatchLog } from '../api-world.js';
import { configMap, pod } from '../manifests.js';
import { MERGE, STRATEGIC, conformance, itemsOf, namesOf, versionOf } from './harness.js';

const seen = (log: WatchLog): string[] =>
  log.events.map(({ type, object }) => `${type} ${object.metadata?.name ?? ''}`);
const MUTATING = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
const VALIDATING = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';

conformance(
  '[sig-api-machinery] Watchers should observe add, update, and delete watch notifications on configmaps',
  async (t, api) => {
    const url = api.in('configmaps');
    const selectors = ['watch=a', 'watch=b', 'watch in (a,b)'];
    const [a, b, both] = await Promise.all(
      selectors.map((each) =>
        api.world.watch(`${url}?watch=1&labelSelector=${encodeURIComponent(each)}`),
      ),
    );
    if (a === undefined || b === undefined || both === undefined) throw new Error('three watches');
    for (const name of ['a', 'b']) {
      const labels = { labels: { watch: name } };
      await api.expect(201, 'POST', url, configMap(name, {}, labels));
      await api.expect(200, 'PATCH', `${url}/${name}`, { data: { mutation: '1' } }, MERGE);
      await api.expect(200, 'PATCH', `${url}/${name}`, { data: { mutation: '2' } }, MERGE);
      await api.expect(200, 'DELETE', `${url}/${name}`);
    }
    const life = (name: string) =>
      ['ADDED', 'MODIFIED', 'MODIFIED', 'DELETED'].map((type) => `${type} ${name}`);
    t.same(seen(a), life('a'));
    t.same(seen(b), life('b'));
    t.same(seen(both), [...life('a'), ...life('b')]);
    for (const log of [a, b, both]) log.cancel();
  },
);

conformance(
  '[sig-api-machinery] Watchers should be able to start watching from a specific resource version',
  async (t, api) => {
    const url = api.in('configmaps');
    await api.expect(201, 'POST', url, configMap('a'));
    const first = await api.expect(200, 'PATCH', `${url}/a`, { data: { mutation: '1' } }, MERGE);
    await api.expect(200, 'PATCH', `${url}/a`, { data: { mutation: '2' } }, MERGE);
    await api.expect(200, 'DELETE', `${url}/a`);
    const log = await api.world.watch(`${url}?watch=1&resourceVersion=${versionOf(first)}`);
    t.same(seen(log), ['MODIFIED a', 'DELETED a']);
    t.match(log.events[0]?.object, { data: { mutation: '2' } });
    log.cancel();
  },
);

conformance(
  '[sig-api-machinery] Watchers should be able to restart watching from the last resource version observed by the previous watch',
  async (t, api) => {
    const url = api.in('configmaps');
    const first = await api.world.watch(`${url}?watch=1`);
    await api.expect(201, 'POST', url, configMap('a'));
    await api.expect(200, 'PATCH', `${url}/a`, { data: { mutation: '1' } }, MERGE);
    t.same(seen(first), ['ADDED a', 'MODIFIED a']);
    first.cancel();
    const last = first.events.at(-1)?.object ?? {};
    await api.expect(200, 'PATCH', `${url}/a`, { data: { mutation: '2' } }, MERGE);
    await api.expect(200, 'DELETE', `${url}/a`);
    const second = await api.world.watch(`${url}?watch=1&resourceVersion=${versionOf(last)}`);
    t.same(seen(second), ['MODIFIED a', 'DELETED a']);
    t.match(second.events[0]?.object, { data: { mutation: '2' } });
    second.cancel();
  },
);

conformance(
  '[sig-api-machinery] Watchers should observe an object deletion if it stops meeting the requirements of the selector',
  async (t, api) => {
    const url = api.in('configmaps');
    const label = (value: string) => ({ metadata: { labels: { watch: value } } });
    const log = await api.world.watch(`${url}?watch=1&labelSelector=watch%3Dyes`);
    await api.expect(201, 'POST', url, configMap('a', {}, { labels: { watch: 'yes' } }));
    await api.expect(200, 'PATCH', `${url}/a`, label('no'), MERGE);
    await api.expect(200, 'PATCH', `${url}/a`, { data: { mutation: '1' } }, MERGE);
    await api.expect(200, 'PATCH', `${url}/a`, label('yes'), MERGE);
    await api.expect(200, 'PATCH', `${url}/a`, { data: { mutation: '2' } }, MERGE);
    await api.expect(200, 'DELETE', `${url}/a`);
    t.same(seen(log), ['ADDED a', 'DELETED a', 'ADDED a', 'MODIFIED a', 'DELETED a']);
    log.cancel();
  },
);

conformance(
  '[sig-api-machinery] Watchers should receive events on concurrent watches in same order',
  async (t, api) => {
    const url = api.in('configmaps');
    const first = await api.world.watch(`${url}?watch=1`);
    for (let index = 0; index < 12; index++) {
      const name = `m-${String(index % 4)}`;
      if (index < 4) await api.expect(201, 'POST', url, configMap(name));
      else if (index < 8)
        await api.expect(200, 'PATCH', `${url}/${name}`, { data: { n: String(index) } }, MERGE);
      else await api.expect(200, 'DELETE', `${url}/${name}`);
    }
    const versions = (log: WatchLog) => log.events.map(({ object }) => versionOf(object));
    const all = versions(first);
    t.equal(all.length, 12);
    for (const [index, from] of all.entries()) {
      const log = await api.world.watch(`${url}?watch=1&resourceVersion=${from}`);
      t.same(versions(log), all.slice(index + 1));
      log.cancel();
    }
    first.cancel();
  },
);

conformance(
  '[sig-api-machinery] Servers with support for API chunking should return chunks of results for list calls',
  async (t, api) => {
    const url = await manyTemplates(api);
    const found: string[] = [];
    let token = '';
    let version = '';
    do {
      const list = await api.expect(200, 'GET', `${url}?limit=9&continue=${token}`);
      const { continue: next = '', remainingItemCount: remaining } = list.metadata as {
        continue?: string;
        remainingItemCount?: number;
      };
      if (version !== '') t.equal(versionOf(list), version);
      version = versionOf(list);
      found.push(...namesOf(list));
      t.equal(remaining ?? 0, TEMPLATES - found.length);
      token = encodeURIComponent(next);
    } while (token !== '');
    t.equal(new Set(found).size, TEMPLATES);
    const whole = await api.expect(200, 'GET', `${url}?resourceVersion=${version}`);
    t.equal(itemsOf(whole).length, TEMPLATES);
  },
);

conformance(
  '[sig-api-machinery] Servers with support for API chunking should support continue listing from the last key if the original version has been compacted away, though the list is inconsistent [Slow]',
  async (t, api) => {
    const url = await manyTemplates(api);
    const first = await api.expect(200, 'GET', `${url}?limit=9`);
    const token = encodeURIComponent((first.metadata as { continue?: string }).continue ?? '');
    await api.expect(200, 'PATCH', `${url}/t-00`, { metadata: { labels: { a: 'b' } } }, MERGE);
    api.world.store.compactNow(api.world.store.revision);
    const expired = await api.world.http('GET', `${url}?limit=9&continue=${token}`);
    t.match(expired, { status: 410, body: { reason: 'Expired' } });
    let next = (expired.body.metadata as { continue?: string }).continue ?? '';
    t.ok(next);
    const found = namesOf(first);
    let version = '';
    while (next !== '') {
      const list = await api.expect(
        200,
        'GET',
        `${url}?limit=9&continue=${encodeURIComponent(next)}`,
      );
      if (version !== '') t.equal(versionOf(list), version);
      version = versionOf(list);
      found.push(...namesOf(list));
      next = (list.metadata as { continue?: string }).continue ?? '';
    }
    t.equal(new Set(found).size, TEMPLATES);
    t.not(version, versionOf(first));
  },
);

const TEMPLATES = 40;

async function manyTemplates(
  api: Parameters<Parameters<typeof conformance>[1]>[1],
): Promise<string> {
  const url = api.in('podtemplates');
  for (let index = 0; index < TEMPLATES; index++)
    await api.expect(201, 'POST', url, {
      apiVersion: 'v1',
      kind: 'PodTemplate',
      metadata: { name: `t-${String(index).padStart(2, '0')}` },
      template: { spec: { containers: [{ name: 'test', image: 'test2' }] } },
    });
  return url;
}

conformance(
  '[sig-api-machinery] Servers with support for Table transformation should return a 406 for a backend which does not implement metadata',
  async (t, api) => {
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
    };
    const answer = await api.world.http(
      'POST',
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      review,
      { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    );
    t.match(answer, { status: 406, body: { reason: 'NotAcceptable' } });
  },
);

conformance('[sig-api-machinery] server version should find the server version', async (t, api) => {
  const version = await api.expect(200, 'GET', '/version');
  t.match(version, { major: /^\d+$/, minor: /^\d+$/, gitVersion: /^v1\.\d+\.\d+/ });
});

conformance('[sig-api-machinery] Namespaces [Serial] should patch a Namespace', async (t, api) => {
  const url = `/api/v1/namespaces/${api.namespace}`;
  const labels = { testLabel: 'testValue' };
  await api.expect(200, 'PATCH', url, { metadata: { labels } }, STRATEGIC);
  t.match((await api.expect(200, 'GET', url)).metadata, { labels });
});

conformance(
  '[sig-api-machinery] Namespaces [Serial] should apply an update to a Namespace',
  async (t, api) => {
    const url = `/api/v1/namespaces/${api.namespace}`;
    const old = await api.expect(200, 'GET', url);
    const labels = { ...old.metadata?.labels, [api.namespace]: 'updated' };
    const updated = await api.expect(200, 'PUT', url, {
      ...old,
      metadata: { ...old.metadata, labels },
    });
    t.match(updated.metadata?.labels, {
      [api.namespace]: 'updated',
      'kubernetes.io/metadata.name': api.namespace,
    });
  },
);

conformance(
  '[sig-api-machinery] Namespaces [Serial] should apply a finalizer to a Namespace',
  async (t, api) => {
    const url = `/api/v1/namespaces/${api.namespace}`;
    const old = await api.expect(200, 'GET', url);
    const fake = 'e2e.example.com/fakeFinalizer';
    const held = await api.expect(200, 'PUT', `${url}/finalize`, {
      ...old,
      spec: { finalizers: ['kubernetes', fake] },
    });
    t.same(held['spec'], { finalizers: ['kubernetes', fake] });
    await api.expect(200, 'PUT', `${url}/finalize`, {
      ...held,
      spec: { finalizers: ['kubernetes'] },
    });
    t.same((await api.expect(200, 'GET', url))['spec'], { finalizers: ['kubernetes'] });
  },
);

conformance(
  '[sig-api-machinery] Namespaces [Serial] should apply changes to a namespace status',
  async (t, api) => {
    const url = `/api/v1/namespaces/${api.namespace}/status`;
    t.match(await api.expect(200, 'GET', url), { status: { phase: 'Active' } });
    const conditions = [{ type: 'StatusPatch', status: 'True', reason: 'E2E', message: 'patched' }];
    const patch = { metadata: { annotations: { patched: 'true' } }, status: { conditions } };
    const patched = await api.expect(200, 'PATCH', url, patch, MERGE);
    t.match(patched, { status: { phase: 'Active', conditions } });
    const update = { type: 'StatusUpdate', status: 'True', reason: 'E2E', message: 'updated' };
    const updated = await api.expect(200, 'PUT', url, {
      ...patched,
      status: { phase: 'Active', conditions: [...conditions, update] },
    });
    t.match(updated, { status: { conditions: [...conditions, update] } });
  },
);

conformance(
  '[sig-api-machinery] AdmissionWebhook [Privileged:ClusterAdmin] should include webhook resources in discovery documents',
  async (t, api) => {
    t.match(
      JSON.stringify(await api.expect(200, 'GET', '/apis')),
      '"admissionregistration.k8s.io/v1"',
    );
    t.match(await api.expect(200, 'GET', '/apis/admissionregistration.k8s.io'), {
      kind: 'APIGroup',
      preferredVersion: { version: 'v1' },
    });
    const list = await api.expect(200, 'GET', '/apis/admissionregistration.k8s.io/v1');
    const names = (list['resources'] as { name: string }[]).map(({ name }) => name);
    t.ok(names.includes('mutatingwebhookconfigurations'));
    t.ok(names.includes('validatingwebhookconfigurations'));
  },
);

for (const [kind, url] of [
  ['Mutating', MUTATING],
  ['Validating', VALIDATING],
] as const) {
  const lower = kind === 'Mutating' ? 'mutating' : 'validating';
  conformance(
    `[sig-api-machinery] AdmissionWebhook [Privileged:ClusterAdmin] should be able to create and update ${lower} webhook configurations with match conditions`,
    async (t, api) => {
      const conditions = (...names: string[]) =>
        names.map((name) => ({ name, expression: `request.name != '${name}'` }));
      const webhook = {
        name: 'hook.example.com',
        clientConfig: { service: { namespace: api.namespace, name: 'hook', path: '/' } },
        rules: [
          { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] },
        ],
        objectSelector: { matchLabels: { [api.namespace]: 'true' } },
        failurePolicy: 'Ignore',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        matchConditions: conditions('first'),
      };
      const created = await api.expect(201, 'POST', url, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: `${kind}WebhookConfiguration`,
        metadata: { name: api.namespace },
        webhooks: [webhook],
      });
      t.match(created['webhooks'], [{ matchConditions: conditions('first') }]);
      await api.expect(200, 'PUT', `${url}/${api.namespace}`, {
        ...created,
        webhooks: [{ ...webhook, matchConditions: conditions('first', 'second') }],
      });
      const read = await api.expect(200, 'GET', `${url}/${api.namespace}`);
      t.match(read['webhooks'], [{ matchConditions: conditions('first', 'second') }]);
      await api.expect(200, 'DELETE', `${url}/${api.namespace}`);
    },
  );
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

interface Discovered extends Json {
  items: {
    metadata: { name?: string };
    versions: { version: string; resources: { resource: string }[] }[];
  }[];
}

conformance(
  '[sig-api-machinery] AggregatedDiscovery should support raw aggregated discovery endpoint Accept headers',
  async (t, api) => {
    const wanted = {
      '': 'pods',
      apps: 'deployments',
      batch: 'jobs',
      'apiextensions.k8s.io': 'customresourcedefinitions',
    };
    for (const [group, resource] of Object.entries(wanted)) {
      const url = group === '' ? '/api' : '/apis';
      const answer = await api.world.http('GET', url, undefined, { accept: AGGREGATED });
      t.equal(answer.headers['content-type'], AGGREGATED);
      const found = (answer.body as Discovered).items.find(
        ({ metadata }) => (metadata.name ?? '') === group,
      );
      t.ok(
        found?.versions[0]?.resources.some((each) => each.resource === resource),
        resource,
      );
    }
    const plain = await api.expect(200, 'GET', '/apis', undefined, { accept: 'application/json' });
    t.equal(plain['kind'], 'APIGroupList');
  },
);

conformance(
  '[sig-api-machinery] AggregatedDiscovery should support aggregated discovery interface',
  async (t, api) => {
    // A discovery client asks for every form that it knows, and takes what it gets.
    const accept = `${AGGREGATED},application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json`;
    const core = (await api.expect(200, 'GET', '/api', undefined, { accept })) as Discovered;
    const named = (await api.expect(200, 'GET', '/apis', undefined, { accept })) as Discovered;
    t.match([core['kind'], named['kind']], ['APIGroupDiscoveryList', 'APIGroupDiscoveryList']);
    for (const { metadata, versions } of [...core.items, ...named.items])
      for (const { version, resources } of versions) {
        const group = metadata.name ?? '';
        const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
        const plain = await api.expect(200, 'GET', root);
        const names = (plain['resources'] as { name: string }[]).map(({ name }) => name);
        t.same(
          resources.map(({ resource }) => resource),
          names.filter((name) => !name.includes('/')),
          root,
        );
      }
  },
);

conformance(
  '[sig-api-machinery] Discovery should validate PreferredVersion for each APIGroup',
  async (t, api) => {
    for (const group of groupsOf(await api.expect(200, 'GET', '/apis'))) {
      const { groupVersion } = group.preferredVersion;
      t.ok(
        group.versions.some((each) => each.groupVersion === groupVersion),
        groupVersion,
      );
      t.match(await api.expect(200, 'GET', `/apis/${group.name}`), {
        preferredVersion: { groupVersion },
      });
    }
  },
);

conformance(
  '[sig-api-machinery] Discovery should locate the groupVersion and a resource within each APIGroup',
  async (t, api) => {
    for (const { versions } of groupsOf(await api.expect(200, 'GET', '/apis')))
      for (const { groupVersion } of versions) {
        const list = await api.expect(200, 'GET', `/apis/${groupVersion}`);
        t.equal(list['groupVersion'], groupVersion);
        t.ok((list['resources'] as object[]).length > 0, groupVersion);
      }
    t.match(JSON.stringify(await api.expect(200, 'GET', '/api/v1')), '"name":"pods"');
  },
);

interface Group {
  name: string;
  versions: { groupVersion: string; version: string }[];
  preferredVersion: { groupVersion: string };
}
const groupsOf = (list: Json): Group[] => list['groups'] as Group[];

conformance(
  '[sig-api-machinery] FieldValidation should detect unknown and duplicate fields of a typed object',
  async (t, api) => {
    const text = JSON.stringify(pod('a')).replace(
      '"spec":{',
      '"spec":{"unknown1":"val1","priority":0,"priority":0,',
    );
    const strict = await api.world.http('POST', `${api.in('pods')}?fieldValidation=Strict`, text);
    t.match(strict, { status: 400, body: { reason: 'BadRequest' } });
    t.match(strict.body['message'], 'strict decoding error:');
    t.match(strict.body['message'], 'unknown field "spec.unknown1"');
    t.match(strict.body['message'], 'duplicate field "spec.priority"');
  },
);

conformance(
  '[sig-api-machinery] FieldValidation should detect unknown metadata fields of a typed object',
  async (t, api) => {
    const body = { ...pod('a'), metadata: { name: 'a', unknownMeta: 'unknownVal' } };
    const strict = await api.world.http('POST', `${api.in('pods')}?fieldValidation=Strict`, body);
    t.match(strict, { status: 400 });
    t.match(strict.body['message'], 'unknown field "metadata.unknownMeta"');
  },
);

conformance(
  '[sig-network] Services should find a service from listing all namespaces',
  async (t, api) => {
    const list = await api.expect(200, 'GET', '/api/v1/services');
    t.ok(
      itemsOf(list).some(
        ({ metadata }) => metadata?.name === 'kubernetes' && metadata.namespace === 'default',
      ),
    );
  },
);

conformance('[sig-network] Services should provide secure master service', async (t, api) => {
  t.match(await api.expect(200, 'GET', '/api/v1/namespaces/default/services/kubernetes'), {
    spec: { ports: [{ name: 'https', port: 443, protocol: 'TCP' }] },
  });
});

conformance(
  '[sig-network] EndpointSlice should have Endpoints and EndpointSlices pointing to API Server',
  async (t) => {
    // The tests' own server is not at an address that endpoints may have.
    const endpoint = { kubernetesServiceEndpoint: { ip: '10.1.2.3', port: 6443 } };
    const world = createApiWorld(endpoint);
    await world.start();
    const inDefault = '/namespaces/default';
    const subset = { addresses: [{ ip: '10.1.2.3' }], ports: [{ name: 'https', port: 6443 }] };
    t.match((await world.http('GET', `/api/v1${inDefault}/endpoints/kubernetes`)).body, {
      subsets: [subset],
    });
    const slices = `/apis/discovery.k8s.io/v1${inDefault}/endpointslices`;
    const selector = 'labelSelector=kubernetes.io%2Fservice-name%3Dkubernetes';
    const list = (await world.http('GET', `${slices}?${selector}`)).body;
    t.match(itemsOf(list), [
      { endpoints: [{ addresses: ['10.1.2.3'] }], ports: [{ name: 'https', port: 6443 }] },
    ]);
  },
);
