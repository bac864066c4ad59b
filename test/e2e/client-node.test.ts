import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ClientHttp2Session } from 'node:http2';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import t from 'tap';
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  Watch,
  type V1ConfigMap,
} from 'client-node-on-node-20';
import { askDaemon, dataFolder } from '../../src/daemon/index.js';
import { Cluster, eventually } from './cluster.js';
import { dataOf, largeConfigMaps, openClient, takeLargeList } from './compressed-list.js';

const namespace = 'default';
const CONFIG_MAPS = `/api/v1/namespaces/${namespace}/configmaps`;
const labelSelector = 'app=seen';

/** The client's models are classes, and it takes plain objects as well. */
function configMap(name: string, at: string): object {
  return { metadata: { name, labels: { app: 'seen' } }, data: { at } };
}

function deployment(): object {
  const labels = { app: 'web' };
  const containers = [
    { name: 'web', image: 'web:1', env: [{ name: 'A', value: '1' }] },
    { name: 'side', image: 'side:1' },
  ];
  return {
    metadata: { name: 'web' },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  };
}

// Version 1.4 of @kubernetes/client-node, under a name of its own: the types here are made from 2.x, which only loads on Node 22.
t.test('JavaScript’s own client, against a real daemon', { timeout: 60_000 }, async (t) => {
  const cluster = new Cluster();
  t.teardown(() => cluster.remove());
  await cluster.start();
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const kill = (target: string) =>
    askDaemon(dataFolder(cluster.folder), { verb: 'kill', target, holdMs: 0 });
  const as = (strategy: string) => setHeaderOptions('Content-Type', strategy);

  await t.test(
    'an informer follows over the death of the API server, and of the gateway',
    async (t) => {
      await core.createNamespacedConfigMap({ namespace, body: configMap('a', '1') });
      const list = () => core.listNamespacedConfigMap({ namespace, labelSelector });
      const informer = makeInformer(config, CONFIG_MAPS, list, labelSelector);
      const seen = new EventEmitter();
      let connects = 0;
      let stopped = false;
      informer.on('connect', () => connects++);
      informer.on('change', () => seen.emit('change'));
      informer.on('error', () => {
        // Whoever is cut off starts anew, as its documentation has it. A stop is told as an error, too.
        if (!stopped) informer.start().catch(() => undefined);
      });
      const shows = async (expected: Readonly<Record<string, string>>): Promise<void> => {
        for (;;) {
          const known = informer.list(namespace);
          const shown = Object.fromEntries(
            known.map(({ metadata, data }) => [metadata?.name ?? '', data?.['at'] ?? '']),
          );
          if (JSON.stringify(shown) === JSON.stringify(expected)) return;
          await once(seen, 'change');
        }
      };
      t.teardown(() => {
        stopped = true;
        return informer.stop();
      });
      await informer.start();
      await shows({ a: '1' });
      await core.createNamespacedConfigMap({ namespace, body: configMap('b', '1') });
      await shows({ a: '1', b: '1' });

      const before = connects;
      await kill('api-server');
      await core.replaceNamespacedConfigMap({
        namespace,
        name: 'a',
        body: configMap('a', '2'),
      });
      await shows({ a: '2', b: '1' });
      t.equal(connects, before, 'the watch went on, and nothing was listed again');

      await kill('gateway');
      await written(() =>
        core.replaceNamespacedConfigMap({
          namespace,
          name: 'b',
          body: configMap('b', '2'),
        }),
      );
      await shows({ a: '2', b: '2' });
      t.ok(connects > before, 'it connected again');
      await core.deleteNamespacedConfigMap({ namespace, name: 'a' });
      await shows({ b: '2' });
    },
  );

  await t.test(
    'a gateway that dies while it compresses a large list harms nobody else',
    async (t) => {
      const large = largeConfigMaps();
      for (const { body } of large) await core.createNamespacedConfigMap({ namespace, body });
      const { pid, apiServer } = await cluster.status();
      const open = () => openClient(cluster.folder, apiServer.url);
      for (let round = 0; round < 3; round++) {
        const [reading, waiting] = [open(), open()];
        const answers = [
          ...[1, 2].map(() => takeLargeList(reading, 'all')),
          takeLargeList(waiting, 'little'),
        ];
        await Promise.all(answers.map(({ begun }) => begun));
        await kill('gateway');
        // Node's client may take a session for alive whose connection is gone.
        for (const client of [reading, waiting]) client.destroy();
        const taken = await Promise.all(answers.map((each) => each.taken));
        t.ok(
          taken.every(({ status, coding }) => status === 200 && coding === 'gzip'),
          'all were being compressed',
        );
        t.notOk(taken[2]?.isWhole, 'and the one that waited for its client is cut off');
        const next = await wholeList(open);
        t.same(
          dataOf(next),
          large.map(({ at }) => at),
          'the next is whole',
        );
      }
      t.equal((await cluster.status()).pid, pid, 'the process is the same one');
      await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'size=large' });
    },
  );

  await t.test('a watch from a resourceVersion brings what came after it', async (t) => {
    const made = await core.createNamespacedConfigMap({
      namespace,
      body: configMap('w', '1'),
    });
    const resourceVersion = made.metadata?.resourceVersion ?? '';
    const events: string[] = [];
    const got = new EventEmitter();
    const controller = await new Watch(config).watch(
      CONFIG_MAPS,
      { resourceVersion, fieldSelector: 'metadata.name=w' },
      (type, object: V1ConfigMap) => {
        events.push(`${type} ${object.data?.['at'] ?? ''}`);
        got.emit(type);
      },
      () => undefined,
    );
    const deleted = once(got, 'DELETED');
    await core.replaceNamespacedConfigMap({
      namespace,
      name: 'w',
      body: configMap('w', '2'),
    });
    await core.deleteNamespacedConfigMap({ namespace, name: 'w' });
    await deleted;
    controller.abort();
    t.same(events, ['MODIFIED 2', 'DELETED 2']);
  });

  await t.test('patches: strategic, merge, JSON', async (t) => {
    await apps.createNamespacedDeployment({ namespace, body: deployment() });
    const patch = (body: unknown, strategy: string) =>
      apps.patchNamespacedDeployment({ namespace, name: 'web', body }, as(strategy));
    const env = [{ name: 'B', value: '2' }];
    const strategic = await patch(
      { spec: { template: { spec: { containers: [{ name: 'web', env }] } } } },
      PatchStrategy.StrategicMergePatch,
    );
    const containers = strategic.spec?.template.spec?.containers ?? [];
    t.same(
      containers.map(({ name }) => name),
      ['web', 'side'],
      'lists are merged by their keys',
    );
    t.same(containers[0]?.env?.map(({ name }) => name).sort(), ['A', 'B']);

    const merged = await patch(
      { metadata: { labels: { tier: 'front' } }, spec: { paused: true } },
      PatchStrategy.MergePatch,
    );
    t.match(merged, { metadata: { labels: { tier: 'front' } }, spec: { paused: true } });

    const path = '/spec/template/spec/containers/0/image';
    const json = await patch(
      [
        { op: 'test', path, value: 'web:1' },
        { op: 'replace', path, value: 'web:2' },
      ],
      PatchStrategy.JsonPatch,
    );
    t.equal(json.spec?.template.spec?.containers[0]?.image, 'web:2');
    await t.rejects(
      patch([{ op: 'test', path, value: 'web:1' }], PatchStrategy.JsonPatch),
      { code: 422 },
      'a test that fails',
    );
  });

  await t.test('server-side apply: who owns what, and a conflict', async (t) => {
    const apply = (fieldManager: string, at: string, force = false) =>
      core.patchNamespacedConfigMap(
        {
          namespace,
          name: 'applied',
          fieldManager,
          force,
          body: {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: 'applied' },
            data: { at },
          },
        },
        as(PatchStrategy.ServerSideApply),
      );
    const first = await apply('one', '1');
    t.match(first.metadata?.managedFields, [{ manager: 'one', operation: 'Apply' }]);
    await t.rejects(apply('two', '2'), { code: 409 });
    t.match(await apply('two', '2', true), { data: { at: '2' } });
  });
});

t.test('an informer that was away for too long lists anew', { timeout: 60_000 }, async (t) => {
  const cluster = new Cluster();
  t.teardown(() => cluster.remove());
  const periodic = ['mode=periodic', 'retention=1s'];
  await cluster.start(...periodic.flatMap((one) => ['--set', `store.autoCompaction.${one}`]));
  const direct = new KubeConfig();
  direct.loadFromFile(cluster.kubeconfig);
  const core = direct.makeApiClient(CoreV1Api);
  const { apiServer } = await cluster.status();
  const relay = await startRelay(Number(new URL(apiServer.url).port));
  t.teardown(() => {
    relay.cut();
  });
  const relayed = new KubeConfig();
  relayed.loadFromString(
    readFileSync(cluster.kubeconfig, 'utf8').replaceAll(apiServer.url, relay.url),
  );
  const listed: string[] = [];
  const informer = makeInformer<V1ConfigMap>(
    relayed,
    CONFIG_MAPS,
    async () => {
      const list = await relayed.makeApiClient(CoreV1Api).listNamespacedConfigMap({
        namespace,
        labelSelector,
      });
      listed.push(list.metadata?.resourceVersion ?? '');
      return list;
    },
    labelSelector,
  );
  const seen: string[] = [];
  const news = new EventEmitter();
  for (const verb of ['add', 'update', 'delete'] as const)
    informer.on(verb, ({ metadata }) => {
      seen.push(`${verb} ${metadata?.name ?? ''}`);
      news.emit(seen.at(-1) ?? '');
    });
  informer.on('error', () => news.emit('cut off'));
  await core.createNamespacedConfigMap({ namespace, body: configMap('a', '1') });
  const first = once(news, 'add a');
  await informer.start();
  await first;

  const cutOff = once(news, 'cut off');
  relay.cut();
  await cutOff;
  await core.createNamespacedConfigMap({ namespace, body: configMap('b', '1') });
  await core.deleteNamespacedConfigMap({ namespace, name: 'a' });
  // What a watch cache still knows goes with its life; what the store still knows goes with the next compaction.
  const resourceVersion = listed[0] ?? '';
  const exactly = { namespace, resourceVersion, resourceVersionMatch: 'Exact' };
  while ((await codeOf(core.listNamespacedConfigMap(exactly))) !== 410)
    await core.listNamespacedConfigMap({ namespace });
  await askDaemon(dataFolder(cluster.folder), { verb: 'kill', target: 'api-server', holdMs: 0 });
  await relay.listen();
  const both = Promise.all([once(news, 'add b'), once(news, 'delete a')]);
  await informer.start();
  await both;
  t.equal(listed.length, 2, 'the watch was told 410, and the list taken again');
  t.same(
    informer.list(namespace).map(({ metadata }) => metadata?.name),
    ['b'],
  );
  const next = once(news, 'add c');
  await core.createNamespacedConfigMap({ namespace, body: configMap('c', '1') });
  await next;
  t.same(seen.toSorted(), ['add a', 'add b', 'add c', 'delete a'], 'each was told once');
  await informer.stop();
});

/** The gateway is on its way up again: a connection may be refused meanwhile. */
async function written<T>(write: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (typeof (error as { code?: unknown }).code === 'number') throw error;
    }
  }
}

/** The compressed bytes of it. */
async function wholeList(open: () => ClientHttp2Session): Promise<Buffer> {
  return await eventually('a whole list', async () => {
    const client = open();
    const { isWhole, body } = await takeLargeList(client, 'all').taken;
    client.destroy();
    return isWhole && body;
  });
}

/** Undefined: it went well. */
async function codeOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => undefined,
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

/** Carries bytes between a port of its own and another one, until it is cut. */
async function startRelay(port: number): Promise<{
  readonly url: string;
  listen(): Promise<void>;
  cut(): void;
}> {
  const sockets = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  const listen = async (at: number): Promise<number> => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const own = await listen(0);
  return {
    url: `https://127.0.0.1:${String(own)}`,
    listen: async () => {
      await listen(own);
    },
    cut: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
