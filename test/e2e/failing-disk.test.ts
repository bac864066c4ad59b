import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { askDaemon, dataFolder, type ClusterStatus } from '../../src/daemon/index.js';
import { Cluster, eventually } from './cluster.js';
import { failingDisk, type DiskCall } from './failing-disk.js';
import { missingConfigMaps, numbered, writeConfigMaps } from './objects.js';

/** So many crashes end the daemon: a replica whose disk is broken must not come near. */
const CRASHES_MAX = 4;

t.test(
  'a disk of the store that reports errors: its replica waits, the others serve, and it heals',
  { timeout: 120_000 },
  async (t) => {
    const home = mkdtempSync(path.join(tmpdir(), 'kubactor-eio-'));
    const cluster = new Cluster(path.join(home, 'cluster'));
    const disk = failingDisk(home);
    t.teardown(async () => {
      await cluster.remove();
      rmSync(home, { recursive: true, force: true });
    });
    Object.assign(process.env, disk.environment);
    const started = cluster.start(
      ...['--set', 'nodes.count=0', '--set', `supervision.intensity=${CRASHES_MAX}`],
    );
    for (const name of Object.keys(disk.environment)) Reflect.deleteProperty(process.env, name);
    await started;
    const folder = dataFolder(cluster.folder);
    const status = (): Promise<ClusterStatus> => askDaemon(folder, { verb: 'status' });
    const { pid } = await status();
    const written: string[] = [];
    const write = async (prefix: string): Promise<void> => {
      const names = numbered(prefix, 5);
      await eventually(`writes of ${prefix}`, async () => {
        await writeConfigMaps(cluster.kubeconfig, names);
        return true;
      });
      written.push(...names);
    };
    await write('before');

    const kinds: readonly { calls: readonly DiskCall[]; role: 'leader' | 'follower' }[] = [
      { calls: ['fdatasync', 'fsync'], role: 'leader' },
      { calls: ['write'], role: 'follower' },
      { calls: ['read', 'write', 'fdatasync', 'fsync'], role: 'leader' },
    ];
    for (const { calls, role } of kinds)
      await t.test(`${calls.join(', ')} of the ${role}`, async (t) => {
        const { replicas } = (await status()).store;
        const victim = replicas.find((replica) => replica.role === role)?.id ?? 'none';
        const name = `${role}-${calls.length}`;
        disk.fail(path.join(cluster.folder, victim), calls);
        // The first of these may meet the leader's end: whether it is in the log nobody was told.
        await writeConfigMaps(cluster.kubeconfig, [`${name}-met`]).catch(() => undefined);
        const waiting = await eventually('a replica that waits', async () => {
          const found = await status();
          const replica = found.store.replicas.find(({ id }) => id === victim);
          const told = found.degraded.includes(`${victim} is waiting`);
          return found.ready && replica?.state === 'waiting' && told && found;
        });
        const { problem } = waiting.store.replicas.find(({ id }) => id === victim) ?? {};
        t.match(problem, /the disk reports an error.*EIO.*; it begins by itself once/);
        await write(name);
        disk.mend();
        await eventually('all replicas', async () => {
          const { ready, degraded, store } = await status();
          return (
            ready && degraded.length === 0 && store.replicas.every((each) => each.role !== null)
          );
        });
        await write(`${name}-mended`);
        t.same(await missingConfigMaps(cluster.kubeconfig, written), []);
      });

    const after = await status();
    t.equal(after.pid, pid, 'the process is the same one');
    t.equal(await cluster.end('SIGTERM'), 0);
    t.notMatch(cluster.output, /died of/);
  },
);
