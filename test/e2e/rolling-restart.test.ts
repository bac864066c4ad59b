import t from 'tap';
import { clusterClient } from '../../src/cli/cluster-client.js';
import { startWriting } from '../../src/cli/verbs/demo-writer.js';
import { Cluster } from './cluster.js';

t.test(
  'a rolling restart renews every actor but the gateway, and no write is lost',
  { timeout: 180_000 },
  async (t) => {
    const cluster = new Cluster();
    t.teardown(() => cluster.remove());
    await cluster.start('--set', 'nodes.count=1');
    const before = await cluster.status();
    const client = clusterClient(cluster.kubeconfig);
    t.teardown(() => client.close());
    const writing = startWriting(client, 'default');
    t.teardown(() => writing.stop());
    const { code, stdout, stderr } = await cluster.kubactor('restart', '--rolling', '-o', 'json');
    t.equal(code, 0, stderr);
    const { actors } = JSON.parse(stdout) as { actors: string[] };
    t.equal(actors.length, before.actors.length - 1);
    t.equal(actors.at(-1), before.store.leader, 'the leader is the last');
    const { acknowledged, lost } = await writing.finish();
    t.ok(acknowledged > 0);
    t.same(lost, []);
    const after = await cluster.status();
    t.match(after, { ready: true, pid: before.pid });
    t.not(after.store.leader, before.store.leader, 'it has handed over');
    t.same(
      after.actors.map(({ id, restarts }) => [id, restarts]),
      before.actors.map(({ id }) => [id, id === 'gateway' ? 0 : 1]),
    );
    t.match((await cluster.kubactor('elections')).stdout, /handed over/);
    t.equal(await cluster.end('SIGTERM'), 0);
  },
);
