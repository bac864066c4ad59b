import t from 'tap';
import { ADMIN, createApiWorld } from './api-world.js';

const EVENTS = '/api/v1/namespaces/default/events';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const admin = { client: ADMIN };

t.test('events share one lease, and are gone with it', async (t) => {
  const world = createApiWorld();
  await world.start();
  const grants = world.store.counts['leaseGrant'] ?? 0;
  for (let i = 0; i < 30; i++) {
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `e${i}` },
      involvedObject: { kind: 'Pod', namespace: 'default', name: 'web' },
      type: 'Normal',
      reason: 'Started',
    };
    t.equal((await world.http('POST', EVENTS, event, admin)).status, 201);
  }
  t.equal((world.store.counts['leaseGrant'] ?? 0) - grants, 1);
  t.ok(world.store.stored('/registry/events/default/e29'));
  world.store.expireLeases();
  t.equal(world.store.stored('/registry/events/default/e29'), undefined);
  t.equal(world.store.stored('/registry/events/default/e0'), undefined);
});

t.test('history is compacted by number, however young it is', async (t) => {
  const world = createApiWorld({ compactionIntervalMs: 30_000, historyRevisionsMax: 50 });
  await world.start();
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'often' } };
  await world.http('POST', CONFIG_MAPS, map, admin);
  for (let n = 0; n < 100; n++)
    await world.http('PUT', `${CONFIG_MAPS}/often`, { ...map, data: { n: String(n) } }, admin);
  await world.advance(2_000);
  const { store } = world;
  const key = '/registry/configmaps/default/often';
  t.match(await readAt(store.revision - 80), { ok: false, error: { code: 'compacted' } });
  t.match(await readAt(store.revision - 20), { ok: true });

  async function readAt(revision: number): Promise<unknown> {
    let answer: unknown;
    void store.range({ key, revision }).then((found) => (answer = found));
    await world.advance(10);
    return answer;
  }
});

t.test('what a client wrote is quoted in part, where it is long', async (t) => {
  const world = createApiWorld();
  await world.start();
  const long = 'x'.repeat(2 ** 20);
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
  const strict = `${CONFIG_MAPS}?fieldValidation=Strict`;
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`field${at}`, 1]));
  for (const [path, body, words] of [
    [
      CONFIG_MAPS,
      { ...map, kind: long },
      /^x{1024}\.\.\. in version "v1" cannot .* no kind "x{1024}/,
    ],
    [CONFIG_MAPS, { ...map, apiVersion: long }, /^the API version in the data \(x{1024}\.\.\.\)/],
    [CONFIG_MAPS, { ...map, kind: 'Pod', apiVersion: long }, /no kind "Pod" .* "x{1024}\.\.\."/],
    [strict, { ...map, [long]: 1 }, /unknown field "x{1024}\.\.\."$/],
    [strict, { ...map, ...many }, /unknown field "field99"$/],
    [CONFIG_MAPS, { ...map, data: { [long]: 1 } }, /ConfigMap in version "v1" cannot be handled/],
  ] as const) {
    const answer = await world.http('POST', path, body, admin);
    const { message } = answer.body as { message: string };
    t.equal(answer.status, 400);
    t.match(message, words);
    t.ok(message.length < 5000, `${message.length} characters`);
  }
  const warned = await world.http('POST', CONFIG_MAPS, { ...map, ...many, [long]: 1 }, admin);
  t.equal(warned.status, 201);
  const warning = warned.headers['warning'] ?? '';
  t.match(warning, /^299 - "unknown field \\"field0\\""/);
  t.ok(warning.length < 10_000, `${warning.length} characters`);
});
