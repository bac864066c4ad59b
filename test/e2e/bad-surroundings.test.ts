import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { clusterClient } from '../../src/cli/cluster-client.js';
import { askDaemon, dataFolder, type ClusterStatus } from '../../src/daemon/index.js';
import { Cluster, eventually } from './cluster.js';
import { missingConfigMaps } from './objects.js';
import { coverReadOnly, fill, mountTmpfs, unmount, withoutMounts } from './tmpfs.js';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const FLAGS = ['--set', 'nodes.count=0', '--set', 'log.level=debug'];

const home = mkdtempSync(path.join(tmpdir(), 'kubactor-disk-'));
t.teardown(() => {
  rmSync(home, { recursive: true, force: true });
});

t.test(
  'a full disk, logs without space, a read-only folder: service goes on, nothing is lost',
  { skip: withoutMounts(home), timeout: 180_000 },
  async (t) => {
    const folder = path.join(home, 'cluster');
    const logs = path.join(folder, 'logs');
    const cluster = new Cluster(folder);
    mountTmpfs(home, 160);
    t.teardown(async () => {
      for (let mounts = 0; mounts < 2; mounts++) unmount(logs);
      await cluster.remove();
      unmount(home);
    });
    mkdirSync(logs, { recursive: true, mode: 0o700 });
    mountTmpfs(logs, 1);
    await cluster.start(...FLAGS);
    const client = clusterClient(cluster.kubeconfig);
    t.teardown(() => {
      client.close();
    });
    const statusNow = (): Promise<ClusterStatus> =>
      askDaemon(dataFolder(folder), { verb: 'status' });
    const kill = async (target: string): Promise<void> => {
      await askDaemon(dataFolder(folder), { verb: 'kill', target, holdMs: 0 });
    };
    const written: string[] = [];
    const write = async (name: string): Promise<{ status: number; message: string }> => {
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { name } };
      const reply = await client.send('POST', CONFIG_MAPS, body);
      if (reply.status === 201) written.push(name);
      const { message = '' } = reply.body as { message?: string };
      return { status: reply.status, message };
    };
    const nothingLost = async (): Promise<void> => {
      t.same(await missingConfigMaps(cluster.kubeconfig, written), []);
    };
    const untilWritten = (name: string): Promise<unknown> =>
      eventually('a write', async () => (await write(`${name}-${written.length}`)).status === 201);
    const restarts = async (): Promise<number> =>
      (await statusNow()).actors.reduce((sum, actor) => sum + actor.restarts, 0);
    t.equal((await write('before')).status, 201);
    const { pid } = await statusNow();

    await t.test('the disk is full: writes fail with the reason, reads do not', async (t) => {
      fill(path.join(home, 'filler'));
      const { status, message } = await write('refused');
      t.equal(status, 500);
      t.match(message, /no space left on device: 0 MiB of the disk of .* are free; free some/);
      await nothingLost();
      const removal = await client.send('DELETE', `${CONFIG_MAPS}/before`);
      t.equal(removal.status, 200, 'what deletes is taken');
      written.splice(written.indexOf('before'), 1);
      const { code, stdout } = await cluster.kubactor('status');
      t.equal(code, 3);
      t.match(stdout, /^ready, degraded /);
      t.match(stdout, /data folder .*: no space left on device: free some of its disk/);
      t.match((await cluster.kubactor('doctor')).stdout, /no space left on device/);
      t.match(cluster.output, /^kubactor: data folder .*: no space left on device/m);
    });

    await t.test('actors killed meanwhile come back, a leader too', async (t) => {
      for (const target of ['store-leader', 'api-server']) await kill(target);
      await eventually('all actors', async () => {
        const { ready, actors, store } = await statusNow();
        const up = actors.every(({ state }) => state === 'running');
        return ready && up && store.replicas.every(({ role }) => role !== null);
      });
      await eventually('reads', async () => (await client.send('GET', CONFIG_MAPS)).status === 200);
      t.equal((await write('refused')).status, 500);
      await nothingLost();
      t.equal(await restarts(), 2, 'those that were killed');
    });

    await t.test('space is back: it heals by itself', async (t) => {
      rmSync(path.join(home, 'filler'));
      await untilWritten('healed');
      await nothingLost();
      const { code } = await cluster.kubactor('status');
      t.equal(code, 0);
      t.equal(await restarts(), 2);
      const { stdout } = await cluster.kubactor('logs', 'store-0', 'store-1', 'store-2');
      t.ok(stdout.split('the disk takes no writes').length <= 8, 'told once in each life');
    });

    await t.test('logs without space: told once, and resumed', async (t) => {
      fill(path.join(logs, 'filler'));
      const told = await eventually('the line', async () => {
        // Each kill is worth some lines.
        await kill('scheduler');
        await untilWritten('logless');
        const { degraded } = await statusNow();
        return degraded.find((reason) => reason.startsWith('log folder'));
      });
      t.match(
        told,
        /: no space left on device; log lines are lost \(\d+ so far\), all else goes on/,
      );
      t.equal(cluster.output.match(/^kubactor: log folder/gm)?.length, 1);
      rmSync(path.join(logs, 'filler'));
      await eventually('the notice', async () => {
        await kill('scheduler');
        return readFileSync(path.join(logs, 'main.log'), 'utf8').includes('log lines were lost');
      });
      await eventually('no complaint', async () => (await statusNow()).degraded.length === 0);
      t.match(cluster.output, /^the log folder can be written again$/m);
      await nothingLost();
    });

    await t.test('the log folder is read-only: told once, and all else goes on', async (t) => {
      coverReadOnly(logs);
      const folderLines = (text: string): readonly string[] =>
        cluster.output.split('\n').filter((line) => line.startsWith(text));
      const before = folderLines('kubactor: log folder').length;
      await kill('store-follower');
      await eventually('a lost line', async () =>
        (await statusNow()).degraded.some((reason) => reason.includes('log lines are lost')),
      );
      await untilWritten('read-only-logs');
      const { code, stdout } = await cluster.kubactor('status');
      t.equal(code, 3);
      t.match(
        stdout,
        /log folder .*: read-only file system; log lines are lost .*all else goes on/,
      );
      t.equal(folderLines('kubactor: log folder').length, before + 1);
      unmount(logs);
      await eventually('no complaint', async () => (await statusNow()).degraded.length === 0);
      t.equal(folderLines('the log folder can be written again').length, before + 1);
    });

    await t.test('the logs are removed: they begin anew', async (t) => {
      for (const name of readdirSync(logs)) rmSync(path.join(logs, name));
      await eventually('new logs', async () => {
        await kill('scheduler');
        return ['main', 'scheduler'].every((actor) => existsSync(path.join(logs, `${actor}.log`)));
      });
      t.equal((await cluster.kubactor('status')).code, 0);
      await nothingLost();
    });

    await t.test('the folder is read-only: reads go on, and nobody crashes', async (t) => {
      const before = await restarts();
      coverReadOnly(folder);
      const { status, message } = await write('refused');
      t.equal(status, 500);
      t.match(message, /read-only file system/);
      await nothingLost();
      t.match((await cluster.kubactor('status')).stdout, /data folder .*: read-only file system/);
      await kill('store-follower');
      await eventually('a replica that waits', async () =>
        (await statusNow()).store.replicas.some(({ state }) => state === 'waiting'),
      );
      await nothingLost();
      await kill('store-leader');
      await eventually('another one', async () => {
        const { replicas } = (await statusNow()).store;
        return replicas.filter(({ state }) => state === 'waiting').length === 2;
      });
      t.equal((await cluster.kubactor('status')).code, 1, 'no majority can vote');
      unmount(folder);
      await untilWritten('mounted-again');
      await nothingLost();
      await eventually('all replicas', async () => {
        const { ready, degraded } = await statusNow();
        return ready && degraded.length === 0;
      });
      t.equal(await restarts(), before + 2, 'those that were killed');
    });

    await t.test('an orderly end on a full disk', async (t) => {
      fill(path.join(home, 'filler'));
      t.equal((await statusNow()).pid, pid, 'it was one process all the time');
      t.equal(await cluster.end('SIGTERM'), 0);
      t.notMatch(cluster.output, /died of/);
      rmSync(path.join(home, 'filler'));
      await cluster.start(...FLAGS);
      await nothingLost();
      await cluster.end('SIGTERM');
    });
  },
);
