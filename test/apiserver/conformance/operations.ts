import type { Api, Tap } from './harness.js';
import { MERGE, itemsOf, namesOf, versionOf } from './harness.js';

/** An object without its metadata, and how it is served. */
export interface Subject {
  /** Empty: the core group. */
  readonly group: string;
  readonly resource: string;
  readonly clusterScoped?: boolean;
  readonly object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly [field: string]: unknown;
  };
  readonly status?: object;
}

/**
 * Every verb of one resource, as the tests named "should support … API operations" ask for them: found in discovery; created, got,
 * listed by label in the namespace and in all, watched, patched, updated, deleted by name and as a collection.
 */
export async function allOperations(t: Tap, api: Api, subject: Subject): Promise<void> {
  const { group, resource, object, status } = subject;
  await inDiscovery(t, api, subject);
  const all = `${group === '' ? '/api/v1' : `/apis/${group}/v1`}/${resource}`;
  const url =
    subject.clusterScoped === true ? all : api.in(group === '' ? resource : `${group}/${resource}`);
  const label = `of=${api.namespace}`;
  const name = (suffix: string): string => `${api.namespace}-${suffix}`;
  const body = (suffix: string): object => ({
    ...object,
    metadata: { name: name(suffix), labels: { of: api.namespace } },
  });

  const created = await api.expect(201, 'POST', url, body('a'));
  t.ok(created.metadata?.uid);
  await api.expect(409, 'POST', url, body('a'));
  const got = await api.expect(200, 'GET', `${url}/${name('a')}`);
  t.same(got, created);
  const watch = await api.world.watch(
    `${url}?watch=1&labelSelector=${label}&resourceVersion=${versionOf(created)}`,
  );
  await api.expect(201, 'POST', url, body('b'));
  await api.expect(201, 'POST', url, body('c'));
  for (const where of new Set([url, all])) {
    const list = await api.expect(200, 'GET', `${where}?labelSelector=${label}`);
    t.same(namesOf(list), [name('a'), name('b'), name('c')], where);
    t.match(list, { kind: `${object.kind}List`, apiVersion: object.apiVersion });
  }

  const annotated = { metadata: { annotations: { patched: 'true' } } };
  const patched = await api.expect(200, 'PATCH', `${url}/${name('a')}`, annotated, MERGE);
  t.match(patched, annotated);
  const replaced = await api.expect(200, 'PUT', `${url}/${name('a')}`, {
    ...patched,
    metadata: { ...patched.metadata, annotations: { patched: 'true', updated: 'true' } },
  });
  t.match(replaced.metadata?.annotations, { patched: 'true', updated: 'true' });
  await api.expect(409, 'PUT', `${url}/${name('a')}`, created);
  if (status !== undefined) {
    const at = `${url}/${name('a')}/status`;
    t.match(await api.expect(200, 'PATCH', at, { status }, MERGE), { status });
    const read = await api.expect(200, 'GET', at);
    t.match(read, { status });
    const put = { ...read, metadata: { ...read.metadata, annotations: { status: 'updated' } } };
    await api.expect(200, 'PUT', at, put);
  }

  await api.expect(200, 'DELETE', `${url}/${name('a')}`);
  await free(api, `${url}/${name('a')}`);
  await api.expect(404, 'GET', `${url}/${name('a')}`);
  await api.expect(200, 'DELETE', `${url}?labelSelector=${label}`);
  for (const left of ['b', 'c']) await free(api, `${url}/${name(left)}`);
  t.same(itemsOf(await api.expect(200, 'GET', `${url}?labelSelector=${label}`)), []);
  t.match(
    watch.events
      .filter(({ type }) => type !== 'MODIFIED')
      .map(({ type, object }) => `${type} ${object.metadata?.name ?? ''}`),
    [
      `ADDED ${name('b')}`,
      `ADDED ${name('c')}`,
      `DELETED ${name('a')}`,
      `DELETED ${name('b')}`,
      `DELETED ${name('c')}`,
    ],
  );
  t.ok(watch.events.some(({ type }) => type === 'MODIFIED'));
  watch.cancel();
}

/** What the controllers would do: the finalizers of the system go. */
async function free(api: Api, url: string): Promise<void> {
  const { body, status } = await api.world.http('GET', url);
  if (status === 200 && body.metadata?.deletionTimestamp !== undefined)
    await api.world.http('PATCH', url, { metadata: { finalizers: null } }, MERGE);
}

async function inDiscovery(
  t: Tap,
  api: Api,
  { group, resource, object, status }: Subject,
): Promise<void> {
  const root = group === '' ? '/api/v1' : `/apis/${group}/v1`;
  if (group !== '') {
    const groups = await api.expect(200, 'GET', '/apis');
    const found = (groups['groups'] as { name: string }[]).find(({ name }) => name === group);
    t.match(found, { versions: [] });
    t.match(JSON.stringify(found), `"groupVersion":"${group}/v1"`);
    t.match(await api.expect(200, 'GET', `/apis/${group}`), { kind: 'APIGroup', name: group });
  }
  const list = (await api.expect(200, 'GET', root))['resources'] as {
    name: string;
    kind: string;
    verbs: string[];
  }[];
  const row = list.find(({ name }) => name === resource);
  t.equal(row?.kind, object.kind);
  t.same(
    ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'].filter(
      (verb) => row?.verbs.includes(verb) !== true,
    ),
    [],
  );
  if (status !== undefined) t.ok(list.some(({ name }) => name === `${resource}/status`));
}
