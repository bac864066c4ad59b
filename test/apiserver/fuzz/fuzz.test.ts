import t from 'tap';
import type { KubernetesObject } from '../../../src/api/index.js';
import { createApiWorld } from '../api-world.js';
import type { ApiWorld, RequestOptions } from '../api-world.js';
import { widget, widgets } from '../custom/definitions.js';
import { configMap, deployment, pod, service } from '../manifests.js';
import { mutated } from './mutate.js';
import { mutatedProtobuf } from './protobuf.js';
import { drawsOf, jsonText } from './values.js';
import type { Draw } from './values.js';

/**
 * Requests of a seed against one API server: whatever is sent, it answers in time, never with 500, and never crashes.
 * `FUZZ_SEED=N` replays one seed.
 */
const SEEDS =
  process.env['FUZZ_SEED'] === undefined ? [1, 2, 3, 17] : [Number(process.env['FUZZ_SEED'])];
const REQUESTS = 200;
/** The one 500 that kube-apiserver gives, too: an applied body whose fields have other types. Seed 17 has one. */
const LIKE_KUBERNETES = '"message":"failed to create typed patch object (';

const IN_DEFAULT = 'namespaces/default';
const DEFINITION = { ...widgets() };
const TARGETS: readonly (readonly [string, string, KubernetesObject])[] = [
  [`/api/v1/${IN_DEFAULT}/pods`, 'a', pod('a')],
  [`/api/v1/${IN_DEFAULT}/configmaps`, 'a', configMap('a', { x: '1' })],
  [`/api/v1/${IN_DEFAULT}/services`, 'a', service('a')],
  [`/apis/apps/v1/${IN_DEFAULT}/deployments`, 'a', deployment('a')],
  [
    `/apis/example.com/v1/${IN_DEFAULT}/widgets`,
    'a',
    { ...widget('a', { color: 'red', replicas: 1 }) },
  ],
  ['/apis/apiextensions.k8s.io/v1/customresourcedefinitions', 'widgets.example.com', DEFINITION],
];
const TYPES = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/json; charset=utf-8',
  'text/plain',
  '',
] as const;
const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
] as const;
const ACCEPTS = [
  'application/json',
  'application/yaml',
  '*/*',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json;q=0.1',
  'application/vnd.kubernetes.protobuf',
  ';;=,q=x;;',
] as const;
const QUERIES = [
  '',
  'fieldValidation=Strict',
  'fieldValidation=None',
  'fieldValidation=x',
  'dryRun=All',
  'fieldManager=fuzz&force=true',
  'fieldManager=fuzz',
  'limit=1&continue=e30',
  'limit=-1',
  'resourceVersion=x',
  'resourceVersionMatch=Exact',
  'labelSelector=%21%28a',
  'labelSelector=a+in+%28b%2C',
  'fieldSelector=metadata.name%3Da%2Cspec.x%21%3D1',
  'gracePeriodSeconds=x',
  'propagationPolicy=x',
  'timeoutSeconds=-3',
  '%zz',
] as const;
const SUBRESOURCES = [
  '',
  '',
  '',
  '/status',
  '/scale',
  '/binding',
  '/eviction',
  '/log',
  '/none',
] as const;

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly body: string | Uint8Array | undefined;
  readonly options: RequestOptions;
}

function drawn(draw: Draw): Sent {
  const [url, name, object] = draw.of(TARGETS);
  const method = draw.of(['POST', 'PUT', 'PATCH', 'PATCH', 'GET', 'DELETE'] as const);
  const at =
    method === 'POST' && draw.below(4) > 0 ? url : `${url}/${name}${draw.of(SUBRESOURCES)}`;
  const patch = method === 'PATCH';
  const type = patch ? draw.of(PATCH_TYPES) : draw.of(TYPES);
  const body =
    method === 'GET'
      ? undefined
      : patch && type === PATCH_TYPES[0]
        ? jsonPatch(draw)
        : framed(draw, type, object);
  const options = { type, accept: draw.of(ACCEPTS) };
  return { method, url: `${at}?${draw.of(QUERIES)}`, body, options };
}

function jsonPatch(draw: Draw): string {
  const paths = [
    '',
    '/',
    '/spec',
    '/metadata/name',
    '/spec/containers/0',
    '/spec/containers/-',
    '/a~2b',
    'x',
  ];
  const operations = Array.from({ length: draw.below(4) }, () => ({
    op: draw.of(['add', 'remove', 'replace', 'move', 'copy', 'test', 'x']),
    path: draw.of(paths),
    from: draw.of(paths),
    value: JSON.parse(jsonText(draw, 2)) as unknown,
  }));
  return draw.below(8) === 0 ? jsonText(draw, 3) : JSON.stringify(operations);
}

/** As protobuf: a body that was sound, noise behind the mark of one, or JSON, which it is not. */
function framed(draw: Draw, type: string, object: KubernetesObject): string | Uint8Array {
  const protobuf = type.includes('protobuf') ? draw.below(4) : 0;
  if (protobuf === 0) return mutated(draw, object);
  if (protobuf > 1 && !type.includes('patch') && isBuiltIn(object))
    return mutatedProtobuf(draw, object);
  const noise = Uint8Array.from({ length: draw.below(60) }, () => draw.below(256));
  return Uint8Array.from([0x6b, 0x38, 0x73, 0x00, ...noise]);
}

function isBuiltIn(object: KubernetesObject): boolean {
  return object.apiVersion !== 'example.com/v1';
}

async function worldOf(): Promise<ApiWorld> {
  const world = createApiWorld();
  await world.start();
  for (const [url, , object] of [...TARGETS].reverse()) {
    const { status, text } = await world.http('POST', url, object);
    if (status !== 201) throw new Error(text);
    await world.advance(100);
  }
  return world;
}

for (const seed of SEEDS)
  void t.test(`fuzz: seed ${String(seed)} (FUZZ_SEED=${String(seed)} replays it)`, async (t) => {
    const world = await worldOf();
    const draw = drawsOf(seed);
    const statuses = new Map<number, number>();
    for (let index = 0; index < REQUESTS; index++) {
      const { method, url, body, options } = drawn(draw);
      const { status, text } = await world.http(method, url, body, options);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if ((status >= 500 && !text.includes(LIKE_KUBERNETES)) || status < 200)
        t.fail(`request ${String(index)}: ${method} ${url} ${String(status)}`, {
          ...options,
          body: typeof body === 'string' ? body : [...(body ?? [])],
          text,
        });
    }
    t.same(world.crashes, []);
    t.ok(
      (statuses.get(200) ?? 0) > 0 && (statuses.get(400) ?? 0) > 0,
      JSON.stringify([...statuses]),
    );
    // It still serves.
    t.equal((await world.http('GET', '/api/v1/namespaces')).status, 200);
  });
