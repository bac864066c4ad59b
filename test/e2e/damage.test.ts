import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { Cluster, eventually } from './cluster.js';
import { missingConfigMaps, numbered, withClient, writeConfigMaps } from './objects.js';
import { runningKubactor } from './running-command.js';

const FLAGS = ['--set', 'nodes.count=0'];
const DAMAGE_BYTES = 16;

t.test('damaged files of a stopped cluster', { timeout: 180_000 }, async (t) => {
  const cluster = new Cluster();
  t.teardown(() => cluster.remove());
  const written: string[] = [];
  const write = async (prefix: string): Promise<void> => {
    const names = numbered(prefix, 30);
    await writeConfigMaps(cluster.kubeconfig, names);
    written.push(...names);
  };
  const stop = async (): Promise<void> => {
    if ((await cluster.end('SIGTERM')) !== 0) throw new Error(cluster.output);
  };
  await cluster.start(...FLAGS);
  await write('first');
  await stop();

  await t.test('in the log of one replica: its peers mend it', async (t) => {
    damageLog(cluster, 'store-1');
    await cluster.start(...FLAGS);
    await allRunning(cluster);
    t.match((await cluster.kubactor('logs', 'store-1')).stdout, /"the log is damaged and will be/);
    t.same(await missingConfigMaps(cluster.kubeconfig, written), []);
    await write('second');
    await stop();
  });

  await t.test('in the logs of two, while the third has all: it mends both', async (t) => {
    damageLog(cluster, 'store-1');
    damageLog(cluster, 'store-2');
    await cluster.start(...FLAGS);
    await allRunning(cluster);
    t.equal((await cluster.status()).store.leader, 'store-0');
    t.same(await missingConfigMaps(cluster.kubeconfig, written), []);
  });

  await t.test('in the logs of two, while the third is behind: nothing is served', async (t) => {
    t.equal((await cluster.kubactor('chaos', 'kill', 'store-2', '--hold', '1h')).code, 0);
    const lost = numbered('lost', 30);
    await writeConfigMaps(cluster.kubeconfig, lost);
    await stop();
    damageLog(cluster, 'store-0');
    damageLog(cluster, 'store-1');

    const start = ['start', '--data-dir', cluster.folder, '--set', 'apiServer.port=0', ...FLAGS];
    const daemon = runningKubactor(...start);
    t.teardown(() => daemon.stop());
    await eventually('the reasons', async () => daemon.output.includes('not ready:'));
    t.match(
      daemon.output,
      /^kubactor: not ready: the store has no leader; .*\n {2}store-0 \(repairing\): its log is damaged: /m,
    );
    const remedy = new RegExp(`or remove ${cluster.folder}/store-1/wal/repair to go on without`);
    t.match(daemon.output, remedy);
    const { code, stdout } = await cluster.kubactor('status');
    t.equal(code, 1);
    t.match(stdout, /^not ready /);
    t.match(stdout, remedy);
    const reply = await withClient(cluster.kubeconfig, (client) =>
      client.send('GET', '/api/v1/namespaces/default/configmaps'),
    );
    t.match(reply, { status: /^50[034]$/, body: { kind: 'Status', status: 'Failure' } });
    const status = await cluster.status();
    t.same(new Set(status.actors.map(({ restarts }) => restarts)), new Set([0]), 'no crash loop');
    t.equal(status.store.leader, null);
    t.notMatch(daemon.output, /^ready/m);
    daemon.signal('SIGTERM');
    t.equal(await daemon.exited, 0);

    for (const id of ['store-0', 'store-1']) rmSync(path.join(cluster.folder, id, 'wal/repair'));
    await cluster.start(...FLAGS);
    await allRunning(cluster);
    t.same(
      await missingConfigMaps(cluster.kubeconfig, written),
      [],
      'its owner went on without what is lost, and what the third has is there',
    );
    await stop();
  });

  await t.test('all of one replica: it refuses, the others go on, and refill it', async (t) => {
    for (const file of walFiles(cluster, 'store-0'))
      writeFileSync(file, readFileSync(file).fill(0xa5));
    await cluster.start(...FLAGS);
    t.same(await missingConfigMaps(cluster.kubeconfig, written), []);
    const { code, stdout } = await cluster.kubactor('status');
    t.equal(code, 0);
    t.match(stdout, /^store-0 +- +refused /m);
    t.match(stdout, /^store-0: it refuses to start: .*; stop kubactor and put an intact copy of /m);
    t.match((await cluster.kubactor('logs', 'store-0')).stdout, /"the replica refuses to start"/);
    const { actors } = await cluster.status();
    t.same(new Set(actors.map(({ restarts }) => restarts)), new Set([0]), 'no crash loop');
    await stop();

    rmSync(path.join(cluster.folder, 'store-0'), { recursive: true });
    await cluster.start(...FLAGS);
    await allRunning(cluster);
    t.same(await missingConfigMaps(cluster.kubeconfig, written), []);
    await stop();
  });
});

/** All three serve, nothing is wrong with any, and all have the same log. */
async function allRunning(cluster: Cluster): Promise<void> {
  await eventually('three whole replicas', async () => {
    const { ready, store } = await cluster.status();
    const whole = store.replicas.every(
      ({ state, problem }) => state === 'running' && problem === null,
    );
    return ready && whole && new Set(store.replicas.map(({ lastIndex }) => lastIndex)).size === 1;
  });
}

function walFiles(cluster: Cluster, id: string): string[] {
  const folder = path.join(cluster.folder, id, 'wal');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.wal'))
    .map((name) => path.join(folder, name));
}

/** Flips bytes in the middle of what the newest segment holds; behind that a log file is zeros. */
function damageLog(cluster: Cluster, id: string): void {
  const file = walFiles(cluster, id).sort().at(-1) ?? '';
  const bytes = readFileSync(file);
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  const middle = end >> 1;
  for (let at = middle; at < middle + DAMAGE_BYTES; at++) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  writeFileSync(file, bytes);
}
