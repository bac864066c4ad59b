import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { clusterClient } from '../../src/cli/cluster-client.js';
import { askDaemon, dataFolder } from '../../src/daemon/index.js';
import { Cluster, eventually } from './cluster.js';
import { missingConfigMaps, numbered, writeConfigMaps } from './objects.js';
import { runningKubactor } from './running-command.js';

const FLAGS = ['--set', 'nodes.count=0'];
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const DAMAGE_BYTES = 16;
const HOLD_MS = 1000;

t.test('damaged files of the store', { timeout: 180_000 }, async (t) => {
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

  await t.test('in the log of one replica: its peers mend it', async (t) => {
    await whileDown(cluster, 'store-1', () => {
      damageLog(cluster, 'store-1');
    });
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
    t.match((await cluster.kubactor('logs', 'store-2')).stdout, /"the log is damaged and will be/);
    t.same(await missingConfigMaps(cluster.kubeconfig, written), []);
  });

  await t.test('in the logs of two, while the third is behind: nothing is served', async (t) => {
    await askDaemon(dataFolder(cluster.folder), {
      verb: 'kill',
      target: 'store-2',
      holdMs: 3_600_000,
    });
    await write('only-two-have-it');
    await stop();
    const damaged = ['store-0', 'store-1'].map((id) => path.join(cluster.folder, id));
    for (const folder of damaged) cpSync(folder, `${folder}.copy`, { recursive: true });
    damageLog(cluster, 'store-0');
    damageLog(cluster, 'store-1');

    const start = ['start', '--data-dir', cluster.folder, '--set', 'apiServer.port=0', ...FLAGS];
    const daemon = runningKubactor(...start);
    t.teardown(() => daemon.stop());
    await eventually('the reasons', async () => daemon.output.includes('not ready:'));
    const client = clusterClient(cluster.kubeconfig);
    const served: unknown[] = [];
    const read = client.send('GET', CONFIG_MAPS).then(
      (reply) => {
        if (reply.status < 500) served.push(reply);
      },
      () => undefined, // it has no answer until the client leaves
    );
    t.match(
      daemon.output,
      /^kubactor: not ready: the store has no leader; .*\n {2}store-0 \(repairing\): its log is damaged: /m,
    );
    const remedy = new RegExp(
      `stop kubactor and put an intact copy of ${cluster.folder}/store-1 in place`,
    );
    t.match(daemon.output, remedy);
    const { code, stdout } = await cluster.kubactor('status');
    t.equal(code, 1);
    t.match(stdout, /^not ready /);
    t.match(stdout, remedy);
    const status = await cluster.status();
    t.same(new Set(status.actors.map(({ restarts }) => restarts)), new Set([0]), 'no crash loop');
    t.equal(status.store.leader, null);
    t.notMatch(daemon.output, /^ready/m);
    client.close();
    await read;
    t.same(served, [], 'what no majority vouches for');
    daemon.signal('SIGTERM');
    t.equal(await daemon.exited, 0);

    for (const folder of damaged) {
      rmSync(folder, { recursive: true });
      renameSync(`${folder}.copy`, folder);
    }
    await cluster.start(...FLAGS);
    await allRunning(cluster);
    t.same(await missingConfigMaps(cluster.kubeconfig, written), []);
  });

  await t.test('all of one replica: it begins anew, and the others go on', async (t) => {
    await whileDown(cluster, 'store-2', () => {
      for (const file of walFiles(cluster, 'store-2'))
        writeFileSync(file, readFileSync(file).fill(0xa5));
    });
    await write('third');
    await allRunning(cluster);
    const { stdout } = await cluster.kubactor('logs', 'store-2');
    t.match(stdout, /"the replica refuses to start"/);
    t.match(stdout, /begins anew/);
    t.same(await missingConfigMaps(cluster.kubeconfig, written), []);
    const restarts = (await cluster.status()).actors.find(({ id }) => id === 'store-2')?.restarts;
    t.equal(restarts, 2, 'that of the kill, and that with which it began anew');
  });
});

/** Changes the files of a replica that chaos keeps down meanwhile; it then starts on them. */
async function whileDown(cluster: Cluster, target: string, change: () => void): Promise<void> {
  await askDaemon(dataFolder(cluster.folder), { verb: 'kill', target, holdMs: HOLD_MS });
  change();
}

/** All three serve, nothing is wrong with any, and all have the same log. */
async function allRunning(cluster: Cluster): Promise<void> {
  await eventually('three whole replicas', async () => {
    const { ready, store } = await askDaemon(dataFolder(cluster.folder), { verb: 'status' });
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
