import t, { type Test } from 'tap';
import type { ActorFigures, SystemFigures } from '../../src/actor/index.js';
import { actorId } from '../../src/base/index.js';
import { createApiWorld, type ApiWorld } from './api-world.js';
import { configMap, CONFIGMAPS } from './manifests.js';

const figures: SystemFigures = {
  actors: [
    {
      id: actorId('store-0'),
      component: 'store',
      state: 'running',
      incarnation: 4,
      restarts: 3,
      restartsByCause: { crash: 1, chaos: 2, normal: 0, sibling: 0 },
      mailboxMessages: 7,
      heapUsedBytes: 12_000_000,
      bufferBytes: 3_000_000,
      uptimeMs: 60_000,
      counts: {
        asksPending: 1,
        callsPending: 2,
        streamsConsumed: 3,
        streamsProduced: 4,
        messagesHandled: 5000,
        messagesIn: 5001,
        bytesIn: 900_000,
        messagesOut: 4000,
        bytesOut: 800_000,
        mailboxMessagesPeak: 40,
        handlingMicroseconds: [0, 10, 80, 9],
        handlingMs: 0.25,
        mailboxMessages: 7,
        tellsQueued: 0,
        linksBroken: 0,
        deadLetters: {
          'actor-down': 6,
          overflow: 0,
          'dropped-oldest': 0,
          'not-linked': 0,
          'unknown-operation': 0,
          late: 0,
        },
      },
      thread: {
        loopDelayP50Ms: 0.5,
        loopDelayP99Ms: 20,
        loopDelayMaxMs: 25,
        loopActiveMs: 1500,
        loopIdleMs: 58_500,
        gcCount: 12,
        gcMs: 34,
        gcMsMax: 6,
        heapUsedBytes: 12_000_000,
        heapLimitBytes: 268_435_456,
        bufferBytes: 3_000_000,
      },
    },
    down('scheduler'),
  ],
  process: { residentBytes: 190_000_000, cpuMs: 2500, startedWallMs: 1_700_000_000_000 },
};

function down(id: string): ActorFigures {
  return {
    id: actorId(id),
    component: id,
    state: 'held',
    incarnation: 1,
    restarts: 0,
    restartsByCause: { crash: 0, chaos: 0, normal: 0, sibling: 0 },
    mailboxMessages: 0,
    heapUsedBytes: 0,
    bufferBytes: 0,
    uptimeMs: 0,
    counts: null,
    thread: null,
  };
}

/** `name{labels}` to its value. Fails on a line that Prometheus could not read. */
async function scrape(t: Test, world: ApiWorld): Promise<Map<string, number>> {
  const { status, headers, text } = await world.http('GET', '/metrics');
  t.equal(status, 200);
  t.match(headers['content-type'], /^text\/plain; version=0\.0\.4/);
  const samples = new Map<string, number>();
  const families = new Set<string>();
  for (const line of text.split('\n')) {
    const family = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line)?.[1];
    if (family !== undefined) {
      if (families.has(family)) t.fail(`${family} stands twice`);
      families.add(family);
    }
    if (line === '' || line.startsWith('#')) continue;
    const [, name = '', value] = /^([a-z_]+(?:\{[^}]*\})?) (\S+)$/.exec(line) ?? [];
    if (name === '' || Number.isNaN(Number(value))) t.fail(line);
    samples.set(name, Number(value));
  }
  return samples;
}

t.test('requests are counted under the names that kube-apiserver has', async (t) => {
  const world = createApiWorld();
  await world.start();
  await world.http('POST', CONFIGMAPS, configMap('a'));
  await world.http('POST', CONFIGMAPS, configMap('a'));
  const watch = await world.watch(`${CONFIGMAPS}?watch=1`);
  const found = await scrape(t, world);
  const where = 'verb="CREATE",group="",version="v1",resource="configmaps",subresource=""';
  t.equal(found.get(`apiserver_request_total{code="200",${where}}`), 1);
  t.equal(found.get(`apiserver_request_total{code="409",${where}}`), 1);
  t.equal(found.get(`apiserver_request_duration_seconds_count{${where}}`), 2);
  t.equal(found.get(`apiserver_request_duration_seconds_bucket{le="+Inf",${where}}`), 2);
  t.equal(found.get('apiserver_current_inflight_requests{request_kind="mutating"}'), 0);
  t.equal(found.get('apiserver_storage_objects{resource="/registry/configmaps/"}'), 1);
  t.ok((found.get('apiserver_watch_cache_resource_version') ?? 0) > 0);
  const watches =
    'apiserver_longrunning_requests{verb="WATCH",group="",version="v1",resource="configmaps"}';
  t.equal(found.get(watches), 1);
  watch.cancel();
  await world.advance(10);
  t.equal((await scrape(t, world)).get(watches), 0);
});

t.test('the figures of all actors and of the process are there', async (t) => {
  const world = createApiWorld({}, { actorFigures: () => Promise.resolve(figures) });
  await world.start();
  const found = await scrape(t, world);
  const store = 'actor="store-0",component="store"';
  for (const [name, value] of [
    ['kubactor_scrape_success', 1],
    [`kubactor_actor_up{${store}}`, 1],
    [`kubactor_actor_restarts_total{${store},cause="crash"}`, 1],
    [`kubactor_actor_restarts_total{${store},cause="chaos"}`, 2],
    [`kubactor_actor_mailbox_messages{${store}}`, 7],
    [`kubactor_actor_messages_handled_total{${store}}`, 5000],
    [`kubactor_actor_messages_total{${store},direction="in"}`, 5001],
    [`kubactor_actor_bytes_total{${store},direction="out"}`, 800_000],
    [`kubactor_actor_dead_letters_total{${store},reason="actor-down"}`, 6],
    [`kubactor_actor_handling_seconds_bucket{${store},le="0.000001"}`, 0],
    [`kubactor_actor_handling_seconds_bucket{${store},le="0.000004"}`, 90],
    [`kubactor_actor_handling_seconds_bucket{${store},le="+Inf"}`, 99],
    [`kubactor_actor_handling_seconds_sum{${store}}`, 0.00025],
    [`kubactor_actor_handling_seconds_count{${store}}`, 99],
    [`kubactor_actor_event_loop_delay_seconds{${store},quantile="0.99"}`, 0.02],
    [`kubactor_actor_heap_bytes{${store}}`, 12_000_000],
    [`kubactor_actor_buffer_bytes{${store}}`, 3_000_000],
    [`kubactor_actor_gc_seconds_total{${store}}`, 0.034],
    ['kubactor_actor_up{actor="scheduler",component="scheduler"}', 0],
    ['process_resident_memory_bytes', 190_000_000],
    ['process_cpu_seconds_total', 2.5],
    ['process_start_time_seconds', 1_700_000_000],
  ] as const)
    t.equal(found.get(name), value, name);
  t.notOk(
    [...found.keys()].some((name) => /gc_.*scheduler/.test(name)),
    'what a dead actor cannot tell is left out',
  );
  t.ok(found.has('apiserver_watch_cache_resource_version'));
});

t.test('figures that do not come in time, or not at all, leave the rest as it is', async (t) => {
  for (const actorFigures of [
    () => new Promise<never>(() => undefined),
    () => Promise.reject(new Error('main does not answer')),
  ]) {
    const world = createApiWorld({}, { actorFigures });
    await world.start();
    const found = await scrape(t, world);
    t.equal(found.get('kubactor_scrape_success'), 0);
    t.ok(found.has('apiserver_watch_cache_resource_version'));
    t.same(world.crashes, []);
  }
});
