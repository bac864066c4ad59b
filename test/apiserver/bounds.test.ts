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
