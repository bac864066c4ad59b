import t from 'tap';
import type { KubernetesObject } from '../../../src/api/index.js';
import type { Answer, ApiWorld, RequestOptions } from '../api-world.js';
import { createApiWorld } from '../api-world.js';
import {
  configMap,
  CONFIGMAPS,
  deployment,
  DEPLOYMENTS,
  MERGE_PATCH,
  pod,
  PODS,
  service,
  SERVICES,
} from '../manifests.js';

const APPLY = { type: 'application/apply-patch+yaml' } as const;
const KUBECTL = { headers: { 'user-agent': 'kubectl/v1.35.2 (linux/amd64)' } } as const;

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsV1: unknown;
}

async function started(): Promise<ApiWorld> {
  const world = createApiWorld();
  await world.start();
  return world;
}

function apply(
  world: ApiWorld,
  url: string,
  object: object | string,
  manager: string,
  more = '',
): Promise<Answer> {
  return world.http('PATCH', `${url}?fieldManager=${manager}${more}`, object, APPLY);
}

/** `{"Apply a": fields, "Update b/status": fields}`. */
function owned({ metadata }: KubernetesObject): Record<string, unknown> {
  const entries = (metadata?.managedFields ?? []) as Entry[];
  return Object.fromEntries(
    entries.map(({ operation, manager, subresource, fieldsV1 }) => [
      `${operation} ${manager}${subresource === undefined ? '' : `/${subresource}`}`,
      fieldsV1,
    ]),
  );
}

t.test('apply: creates, changes, and does nothing where nothing is to be done', async (t) => {
  const world = await started();
  const created = await apply(world, `${CONFIGMAPS}/a`, configMap('a', { x: '1', y: '1' }), 'm');
  t.equal(created.status, 201);
  t.match(created.body, { data: { x: '1' }, metadata: { uid: /./, creationTimestamp: /^2026/ } });
  t.strictSame(created.body.metadata?.managedFields, [
    {
      manager: 'm',
      operation: 'Apply',
      apiVersion: 'v1',
      time: '2026-01-01T00:00:01Z',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:data': { 'f:x': {}, 'f:y': {} } },
    },
  ]);
  await world.advance(5_000);
  const again = await apply(world, `${CONFIGMAPS}/a`, configMap('a', { x: '1', y: '1' }), 'm');
  t.equal(again.status, 200);
  t.strictSame(again.body, created.body, 'neither version nor time have moved');
  const other = await apply(world, `${CONFIGMAPS}/a`, configMap('a', { x: '1' }), 'n');
  const resourceVersion = other.body.metadata?.resourceVersion ?? '';
  await world.advance(3_000);
  const third = await apply(world, `${CONFIGMAPS}/a`, configMap('a', { x: '1', y: '1' }), 'm');
  t.equal(third.body.metadata?.resourceVersion, resourceVersion, 'nor where another came between');
  await apply(world, `${CONFIGMAPS}/a`, configMap('a'), 'n');
  const changed = await apply(world, `${CONFIGMAPS}/a`, configMap('a', { x: '2' }), 'm');
  t.strictSame(changed.body['data'], { x: '2' });
  t.match(changed.body.metadata?.managedFields, [{ time: '2026-01-01T00:00:09Z' }]);
});

t.test('apply: YAML is read, and a dry run keeps nothing', async (t) => {
  const world = await started();
  const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: "1"\n';
  const dry = await apply(world, `${CONFIGMAPS}/a`, yaml, 'm', '&dryRun=All');
  t.match(dry, { status: 201, body: { data: { x: '1' } } });
  t.equal((await world.http('GET', `${CONFIGMAPS}/a`)).status, 404);
  const twice = `${yaml}  x: "2"\n`;
  const strict = await apply(world, `${CONFIGMAPS}/a`, twice, 'm', '&fieldValidation=Strict');
  t.equal(
    strict.body['message'],
    'error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n' +
      '  line 6: key "x" already set in map',
  );
  const warned = await apply(world, `${CONFIGMAPS}/a`, twice, 'm');
  t.equal(warned.status, 201);
  t.match(warned.headers['warning'], /line 6: key \\"x\\" already set in map/);
});

t.test('apply: a conflict is 409 with its causes; force takes over', async (t) => {
  const world = await started();
  await world.http('POST', DEPLOYMENTS, deployment('web', 2), KUBECTL);
  const wanted = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas: 5 },
  };
  const refused = await apply(world, `${DEPLOYMENTS}/web`, wanted, 'hpa');
  t.equal(refused.status, 409);
  t.match(refused.body, {
    reason: 'Conflict',
    message: 'Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas',
    details: {
      causes: [
        {
          reason: 'FieldManagerConflict',
          message: 'conflict with "kubectl" using apps/v1',
          field: '.spec.replicas',
        },
      ],
    },
  });
  const forced = await apply(world, `${DEPLOYMENTS}/web`, wanted, 'hpa', '&force=true');
  t.match(forced, { status: 200, body: { spec: { replicas: 5 }, metadata: { generation: 2 } } });
  t.strictSame(owned(forced.body)['Apply hpa'], { 'f:spec': { 'f:replicas': {} } });
});

t.test('apply: what Kubernetes refuses, in its words', async (t) => {
  const world = await started();
  const url = `${CONFIGMAPS}/a`;
  const nameless = await world.http('PATCH', url, configMap('a'), APPLY);
  t.match(nameless, {
    status: 422,
    body: {
      message:
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    },
  });
  const forced = await world.http('PATCH', `${url}?force=true`, {}, MERGE_PATCH);
  t.match(forced, {
    status: 422,
    body: { message: /force: Forbidden: may not be specified for non-apply patch$/ },
  });
  const long = await world.http(
    'POST',
    `${CONFIGMAPS}?fieldManager=${'m'.repeat(129)}`,
    configMap('a'),
  );
  t.match(long.body, {
    message: /^CreateOptions.*fieldManager: Too long: may not be more than 128 bytes$/,
  });
  const managed = { ...configMap('a'), metadata: { name: 'a', managedFields: [] } };
  t.match(await apply(world, url, managed, 'm'), {
    status: 400,
    body: { message: 'metadata.managedFields must be nil' },
  });
  t.match(await apply(world, url, pod('a'), 'm'), {
    status: 400,
    body: { message: 'invalid object type: /v1, Kind=Pod' },
  });
  t.match(await apply(world, url, configMap('b'), 'm'), {
    status: 400,
    body: { message: 'the name of the object (b) does not match the name on the URL (a)' },
  });
  const unknown = await apply(world, url, { ...configMap('a'), date: {} }, 'm');
  t.match(unknown, {
    status: 500,
    body: {
      message:
        'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .date: field not declared in schema',
    },
  });
  t.notOk('reason' in unknown.body);
  const foreign = await apply(world, url, configMap('a', {}, { uid: 'other' }), 'm');
  t.match(foreign, {
    status: 409,
    body: { message: /uid mismatch: the provided object specified uid other, and no existing/ },
  });
  const list = await apply(world, url, '[]', 'm');
  t.match(list, { status: 400, body: { message: /cannot unmarshal array into Go value/ } });
  const cbor = await world.http('PATCH', `${url}?fieldManager=m`, '{}', {
    type: 'application/apply-patch+cbor',
  });
  t.equal(cbor.status, 415);
  const invalid = await apply(
    world,
    `${SERVICES}/s`,
    { ...service('s'), spec: { ports: [] } },
    'm',
  );
  t.match(invalid, { status: 422, body: { reason: 'Invalid' } });
});

t.test('apply: an old resourceVersion is refused, the newest is not', async (t) => {
  const world = await started();
  const first = await apply(world, `${CONFIGMAPS}/a`, configMap('a', { x: '1' }), 'm');
  const { resourceVersion = '' } = first.body.metadata ?? {};
  const at = (data: Record<string, string>) => configMap('a', data, { resourceVersion });
  t.equal((await apply(world, `${CONFIGMAPS}/a`, at({ x: '2' }), 'm')).status, 200);
  const stale = await apply(world, `${CONFIGMAPS}/a`, at({ x: '3' }), 'm');
  t.match(stale, { status: 409, body: { message: /the object has been modified/ } });
});

t.test('apply: who may patch and not create cannot create by it', async (t) => {
  const world = await started();
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  await world.http('POST', `${rbac}/clusterroles`, {
    metadata: { name: 'patcher' },
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['patch'] }],
  });
  await world.http('POST', `${rbac}/clusterrolebindings`, {
    metadata: { name: 'patcher' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'patcher' },
    subjects: [{ kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' }],
  });
  const jane: RequestOptions = { ...APPLY, client: { commonName: 'jane', organizations: [] } };
  const url = `${CONFIGMAPS}/a?fieldManager=m`;
  const refused = await world.http('PATCH', url, configMap('a'), jane);
  t.match(refused, { status: 403, body: { message: /cannot create resource "configmaps"/ } });
  await world.http('POST', CONFIGMAPS, configMap('a'));
  t.equal((await world.http('PATCH', url, configMap('a', { x: '1' }), jane)).status, 200);
});

t.test('managed fields: every write is tracked, under the name of who makes it', async (t) => {
  const world = await started();
  const created = await world.http('POST', `${PODS}?fieldManager=me`, pod('p'), KUBECTL);
  t.match(owned(created.body), {
    'Update me': { 'f:spec': { 'f:containers': { 'k:{"name":"main"}': { 'f:image': {} } } } },
  });
  t.notMatch(JSON.stringify(owned(created.body)), /f:status|f:uid|f:tolerations/);
  const put = { ...created.body, metadata: { ...created.body.metadata, labels: { a: '1' } } };
  await world.http('PUT', `${PODS}/p`, put, KUBECTL);
  await world.http('PATCH', `${PODS}/p`, { metadata: { labels: { b: '1' } } }, MERGE_PATCH);
  await world.http('POST', `${PODS}/p/binding`, { target: { kind: 'Node', name: 'node-1' } });
  const reported = await world.message('kubelet-node-1', {
    verb: 'patch',
    group: '',
    version: 'v1',
    resource: 'pods',
    namespace: 'default',
    name: 'p',
    subresource: 'status',
    patchType: MERGE_PATCH.type,
    body: { metadata: {}, status: { phase: 'Running' } },
  });
  t.equal(reported.code, 200);
  const { body } = await world.http('GET', `${PODS}/p`);
  t.notMatch(JSON.stringify(owned(body)), /f:nodeName/, 'a binding makes nobody an owner');
  t.match(owned(body), {
    'Update kubelet/status': { 'f:status': { 'f:phase': {} } },
    'Update kubectl': { 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } } },
    'Update unknown': { 'f:metadata': { 'f:labels': { 'f:b': {} } } },
  });
});

t.test(
  'managed fields: a write of the status owns the status and nothing of the spec',
  async (t) => {
    const world = await started();
    await world.http('POST', DEPLOYMENTS, deployment('web', 2), KUBECTL);
    const url = `${DEPLOYMENTS}/web`;
    const { body: live } = await world.http('GET', url);
    const status = {
      ...live,
      spec: { ...(live['spec'] as object), replicas: 9 },
      status: { replicas: 2 },
    };
    const written = await world.http('PUT', `${url}/status?fieldManager=ctl`, status);
    t.strictSame(owned(written.body)['Update ctl/status'], { 'f:status': { 'f:replicas': {} } });
    const applied = await apply(
      world,
      `${url}/status`,
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: { replicas: 9 },
        status: { readyReplicas: 1 },
      },
      'm',
    );
    t.strictSame(owned(applied.body)['Apply m/status'], { 'f:status': { 'f:readyReplicas': {} } });
    t.match(applied.body, { spec: { replicas: 2 }, status: { replicas: 2, readyReplicas: 1 } });
    const missing = await apply(world, `${DEPLOYMENTS}/none/status`, deployment('none'), 'm');
    t.equal(missing.status, 404, 'a status creates nothing');
  },
);

t.test('managed fields: a scale takes the replicas from who had them', async (t) => {
  const world = await started();
  const url = `${DEPLOYMENTS}/web`;
  await apply(world, url, deployment('web', 2), 'm');
  const patched = await world.http(
    'PATCH',
    `${url}/scale?fieldManager=s`,
    { spec: { replicas: 3 } },
    MERGE_PATCH,
  );
  t.equal(patched.status, 200);
  const scaled = await world.http('GET', url);
  t.strictSame(owned(scaled.body)['Update s/scale'], { 'f:spec': { 'f:replicas': {} } });
  const scale = {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 'web' },
    spec: { replicas: 4 },
  };
  const refused = await apply(world, `${url}/scale`, scale, 'hpa');
  t.match(refused, {
    status: 409,
    body: {
      message:
        'Apply failed with 1 conflict: conflict with "s" with subresource "scale" using autoscaling/v1: .spec.replicas',
    },
  });
  t.match(await apply(world, `${url}/scale`, scale, 'hpa', '&force=true'), {
    status: 200,
    body: { spec: { replicas: 4 } },
  });
  const { body } = await world.http('GET', url);
  t.strictSame(Object.keys(owned(body)).sort(), ['Apply hpa/scale', 'Apply m']);
  const again = await apply(world, url, deployment('web', 2), 'm');
  t.match(again.body['message'], /conflict with "hpa" with subresource "scale": \.spec\.replicas$/);
  t.equal((await apply(world, `${DEPLOYMENTS}/none/scale`, scale, 'hpa')).status, 404);
});

t.test(
  'managed fields: a client can reset them, and not lose them by not knowing them',
  async (t) => {
    const world = await started();
    await world.http('POST', CONFIGMAPS, configMap('a', { x: '1' }), KUBECTL);
    const blind = await world.http('PUT', `${CONFIGMAPS}/a`, configMap('a', { x: '2' }), KUBECTL);
    t.strictSame(Object.keys(owned(blind.body)), ['Update kubectl']);
    const reset = { metadata: { managedFields: [{}] } };
    const { body } = await world.http('PATCH', `${CONFIGMAPS}/a`, reset, MERGE_PATCH);
    t.equal(body.metadata?.managedFields, undefined);
    const applied = await apply(world, `${CONFIGMAPS}/a`, configMap('a', { y: '1' }), 'm');
    t.strictSame(owned(applied.body), {
      'Apply m': { 'f:data': { 'f:y': {} } },
      'Update before-first-apply': { 'f:data': { '.': {}, 'f:x': {} } },
    });
  },
);

t.test('managed fields: a write that changes nothing is none', async (t) => {
  const world = await started();
  const { body } = await world.http('POST', SERVICES, service('s'), KUBECTL);
  await world.advance(3_000);
  const put = await world.http('PUT', `${SERVICES}/s`, body, { headers: { 'user-agent': 'x/1' } });
  t.strictSame(put.body, body);
  // What the server puts back is no change either, whoever leaves it out.
  const spec = { ...(body['spec'] as object), clusterIP: undefined, clusterIPs: undefined };
  const without = await world.http('PUT', `${SERVICES}/s`, { ...body, spec }, KUBECTL);
  t.strictSame(without.body, body);
});
