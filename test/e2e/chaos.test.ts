import t from 'tap';
import { clusterClient } from '../../src/cli/cluster-client.js';
import { Cluster, eventually, withoutKubectl } from './cluster.js';
import { startWriters } from './writers.js';

const skip = withoutKubectl();
const LEADER_KILLS = 10;

t.test(
  'every actor killed in turn, the leader ten times, under continuous writes',
  { skip, timeout: 400_000 },
  async (t) => {
    const cluster = new Cluster();
    t.teardown(() => cluster.remove());
    await cluster.start();
    await cluster.kubectlOk('create', 'deployment', 'web', '--image=nginx', '--replicas=6');
    await cluster.kubectlOk('rollout', 'status', 'deployment/web', '--timeout=60s');

    const writers = startWriters(cluster);
    const before = await cluster.status();
    for (const { id } of before.actors) {
      const killed = await cluster.kubactor('chaos', 'kill', id);
      t.equal(killed.code, 0, `${id}: ${killed.stdout}${killed.stderr}`);
      await eventually(`${id} to run again`, async () => {
        const actor = (await cluster.status()).actors.find((candidate) => candidate.id === id);
        return actor?.state === 'running' && actor.incarnation === 2;
      });
    }
    for (let round = 0; round < LEADER_KILLS; round++) {
      const { leader } = (await cluster.status()).store;
      const killed = await cluster.kubactor('chaos', 'kill', 'store-leader', '-o', 'json');
      t.equal(killed.code, 0, `leader ${leader ?? ''}: ${killed.stderr}`);
      await eventually('a leader', async () => (await cluster.status()).ready);
    }
    const { acknowledged, lost, kubectlAcknowledged } = await writers.finish();
    t.same(
      lost,
      [],
      `${acknowledged} acknowledged writes over HTTPS, ${kubectlAcknowledged} by kubectl`,
    );
    t.ok(acknowledged > 100, `${acknowledged} writes`);
    t.ok(kubectlAcknowledged > 5, `${kubectlAcknowledged} by kubectl`);

    await t.test('everything converges', async (t) => {
      const status = await eventually('ready', async () => {
        const found = await cluster.status();
        return found.ready && found.nodes.ready === 3 && found;
      });
      t.ok(status.actors.every((actor) => actor.restarts >= 1));
      await eventually(
        'six running pods',
        async () =>
          (await cluster.kubectlOk('get', 'pods', '--no-headers')).match(/1\/1 +Running/g)
            ?.length === 6,
      );
      await cluster.kubectlOk('scale', 'deployment/web', '--replicas=3');
      await eventually(
        'three',
        async () =>
          (await cluster.kubectlOk('get', 'pods', '--no-headers')).trim().split('\n').length === 3,
      );
    });

    await t.test('the elections are on record, with their causes', async (t) => {
      const { stdout } = await cluster.kubactor('elections', '-o', 'json');
      const records = stdout
        .trim()
        .split('\n')
        .map(
          (line) => JSON.parse(line) as { cause: string; leader: string | null; votes: unknown[] },
        );
      t.ok(records.filter(({ cause }) => cause === 'leader-crash').length >= LEADER_KILLS, stdout);
      t.ok(records.every(({ votes }) => votes.length > 0));
      t.match((await cluster.kubactor('elections')).stdout, /leader-crash/);
    });
  },
);

t.test(
  'two replicas held down: writes fail clearly, no stale read is served, released all heals',
  { skip, timeout: 120_000 },
  async (t) => {
    const cluster = new Cluster();
    t.teardown(() => cluster.remove());
    await cluster.start();
    const client = clusterClient(cluster.kubeconfig);
    t.teardown(() => client.close());
    const path = '/api/v1/namespaces/default/configmaps';
    const configMap = (name: string): unknown => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
    });
    t.equal((await client.send('POST', path, configMap('before'))).status, 201);

    const { leader } = (await cluster.status()).store;
    t.equal((await cluster.kubactor('chaos', 'kill', 'store-follower', '--hold', '15s')).code, 0);
    t.equal((await cluster.kubactor('chaos', 'kill', leader ?? '', '--hold', '15s')).code, 0);
    const began = performance.now();
    const [write, read] = await Promise.all([
      client.send('POST', path, configMap('during')),
      client.send('GET', `${path}/before`),
    ]);
    t.ok(write.status >= 500, JSON.stringify(write.body));
    t.match(write.body, { kind: 'Status', status: 'Failure' });
    t.ok(
      read.status >= 500,
      `a read that no majority vouches for is not served: ${JSON.stringify(read.body)}`,
    );
    t.ok(performance.now() - began < 14_000, 'they fail in bounded time');
    t.notOk((await cluster.status()).ready);

    await eventually(
      'the store to heal',
      async () => (await client.send('POST', path, configMap('after'))).status === 201,
      40_000,
    );
    t.equal((await client.send('GET', `${path}/before`)).status, 200);
    await eventually('ready', async () => (await cluster.status()).ready);
  },
);
