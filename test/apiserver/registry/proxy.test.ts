import t from 'tap';
import { createApiWorld } from '../api-world.js';
import type { ApiWorld } from '../api-world.js';
import { pod, PODS } from '../manifests.js';

const CORE = '/api/v1/namespaces/default';

async function worldOf(): Promise<ApiWorld> {
  const world = createApiWorld();
  await world.start();
  const containers = [{ name: 'a', image: 'a', ports: [{ containerPort: 8080 }] }];
  for (const [name, spec] of [
    ['one', {}],
    ['open', { containers }],
    ['waiting', {}],
  ] as const)
    t.equal((await world.http('POST', PODS, pod(name, { spec }))).status, 201);
  for (const [name, podIP] of [
    ['one', '10.1.0.1'],
    ['open', 'fd00::2'],
  ] as const) {
    const { body } = await world.http('GET', `${PODS}/${name}`);
    const status = { podIP, podIPs: [{ ip: podIP }] };
    t.equal((await world.http('PUT', `${PODS}/${name}/status`, { ...body, status })).status, 200);
  }
  await world.http('POST', '/api/v1/nodes', {
    metadata: { name: 'node-1' },
    status: { addresses: [{ type: 'InternalIP', address: '172.16.0.1' }] },
  });
  const ports = [{ name: 'web', port: 80, targetPort: 8080 }];
  for (const name of ['full', 'empty'])
    t.equal(
      (await world.http('POST', `${CORE}/services`, { metadata: { name }, spec: { ports } }))
        .status,
      201,
    );
  const endpoints = {
    metadata: { name: 'full' },
    subsets: [{ addresses: [{ ip: '10.1.0.9' }], ports: [{ name: 'web', port: 8080 }] }],
  };
  t.equal((await world.http('POST', `${CORE}/endpoints`, endpoints)).status, 201);
  return world;
}

function unreached(address: string): object {
  const message = `error trying to reach service: dial tcp ${address}: connect: connection refused`;
  return { status: 503, body: { kind: 'Status', reason: 'ServiceUnavailable', message } };
}

t.test('a proxy finds where a request would go, and fails as where nobody listens', async (t) => {
  const world = await worldOf();
  for (const [path, address] of [
    [`${PODS}/one/proxy`, '10.1.0.1:80'],
    [`${PODS}/one:9090/proxy/metrics?a=b`, '10.1.0.1:9090'],
    [`${PODS}/https:one:/proxy/`, '10.1.0.1:443'],
    [`${PODS}/open/proxy/`, '[fd00::2]:8080'],
    [`${CORE}/services/full:web/proxy/`, '10.1.0.9:8080'],
    [`${CORE}/services/http:full:80/proxy/x/y`, '10.1.0.9:8080'],
    ['/api/v1/nodes/node-1/proxy/stats', '172.16.0.1:10250'],
    ['/api/v1/nodes/node-1:9100/proxy/metrics', '172.16.0.1:9100'],
  ] as const)
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const)
      t.match(await world.http(method, path), unreached(address), `${method} ${path}`);
});

t.test('what cannot be passed on is told in kube-apiserver’s words', async (t) => {
  const world = await worldOf();
  for (const [path, code, message] of [
    [`${PODS}/nope/proxy`, 404, 'pods "nope" not found'],
    [`${PODS}/waiting/proxy`, 400, 'address not allowed'],
    [`${PODS}/ftp:one:21/proxy`, 400, 'invalid pod request "ftp:one:21"'],
    [`${PODS}/:80/proxy`, 400, 'invalid pod request ":80"'],
    [`${CORE}/services/nope/proxy`, 404, 'services "nope" not found'],
    [`${CORE}/services/empty/proxy`, 503, 'no endpoints available for service "empty"'],
    [`${CORE}/services/full/proxy`, 503, 'no endpoints available for service "full"'],
    [`${CORE}/services/full:81/proxy`, 503, 'no service port 81 found for service "full"'],
    ['/api/v1/nodes/nope/proxy', 404, 'nodes "nope" not found'],
    ['/api/v1/nodes/a:b:c:d/proxy', 400, 'invalid node request "a:b:c:d"'],
  ] as const)
    t.match(await world.http('GET', path), { status: code, body: { message } }, path);
});

t.test('discovery lists it, and RBAC has a verb for each method', async (t) => {
  const world = await worldOf();
  const { body } = await world.http('GET', '/api/v1');
  const listed = (body as { resources: { name: string; kind: string; verbs: string[] }[] })
    .resources;
  const verbs = ['create', 'delete', 'get', 'patch', 'update'];
  for (const [name, kind] of [
    ['nodes/proxy', 'NodeProxyOptions'],
    ['pods/proxy', 'PodProxyOptions'],
    ['services/proxy', 'ServiceProxyOptions'],
  ] as const)
    t.match(
      listed.find((each) => each.name === name),
      { kind, verbs },
    );
  const jane = { client: { commonName: 'jane', organizations: [] } };
  t.match(await world.http('DELETE', `${PODS}/one/proxy`, undefined, jane), {
    status: 403,
    body: { message: /cannot delete resource "pods\/proxy"/ },
  });
});
