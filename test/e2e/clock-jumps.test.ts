import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { clusterClient } from '../../src/cli/cluster-client.js';
import { askDaemon, dataFolder, type ClusterStatus } from '../../src/daemon/index.js';
import { Cluster, eventually } from './cluster.js';
import { jumpingClock } from './jumping-clock.js';
import { missingConfigMaps, numbered, writeConfigMaps } from './objects.js';

const HOUR_MS = 3_600_000;
const EVENTS = '/api/v1/namespaces/default/events';
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1';

t.test(
  'the wall clock jumps by hours: no election, no eviction, no expiry, no new certificate',
  { timeout: 120_000 },
  async (t) => {
    const home = mkdtempSync(path.join(tmpdir(), 'kubactor-clock-'));
    const folder = path.join(home, 'cluster');
    const clock = jumpingClock(home);
    const cluster = new Cluster(folder);
    t.teardown(async () => {
      await cluster.remove();
      rmSync(home, { recursive: true, force: true });
    });
    Object.assign(process.env, clock.environment);
    const started = cluster.start('--set', 'nodes.count=1');
    for (const name of Object.keys(clock.environment)) Reflect.deleteProperty(process.env, name);
    await started;
    const client = clusterClient(cluster.kubeconfig);
    t.teardown(() => {
      client.close();
    });
    const status = (): Promise<ClusterStatus> => askDaemon(dataFolder(folder), { verb: 'status' });
    const certificates = (): string[] =>
      ['ca', 'apiserver', 'admin'].map((name) =>
        readFileSync(path.join(folder, 'pki', `${name}.crt`), 'utf8'),
      );
    const before = await eventually('a ready node', async () => {
      const found = await status();
      return found.nodes.ready === 1 && found;
    });
    const keys = certificates();
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'before-the-jump' },
      involvedObject: { kind: 'Pod', namespace: 'default', name: 'none' },
      reason: 'Test',
      type: 'Normal',
    };
    t.equal((await client.send('POST', EVENTS, event)).status, 201);

    const written: string[] = [];
    for (const [i, hours] of [7, -5, 26].entries()) {
      clock.set(hours * HOUR_MS);
      const names = numbered(`jump-${i}`, 10);
      await writeConfigMaps(cluster.kubeconfig, names);
      written.push(...names);
      const { body } = await client.send(
        'GET',
        `/api/v1/namespaces/default/configmaps/jump-${i}-9`,
      );
      const { creationTimestamp } = (body as { metadata: { creationTimestamp: string } }).metadata;
      const offHours = (Date.parse(creationTimestamp) - Date.now()) / HOUR_MS;
      t.ok(
        Math.abs(offHours - hours) < 0.1,
        `the daemon sees ${hours} hours: ${creationTimestamp}`,
      );
    }
    await eventually('a renewed lease of the node', async () => {
      const { body } = await client.send('GET', LEASE);
      const { renewTime } = (body as { spec: { renewTime: string } }).spec;
      return Date.parse(renewTime) - Date.now() > 20 * HOUR_MS;
    });

    const after = await status();
    t.match(after, { ready: true, degraded: [], nodes: { total: 1, ready: 1 }, pid: before.pid });
    t.equal(after.store.term, before.store.term, 'no election');
    t.equal(after.store.leader, before.store.leader);
    t.same(new Set(after.actors.map(({ restarts }) => restarts)), new Set([0]));
    t.same(certificates(), keys);
    t.same(await missingConfigMaps(cluster.kubeconfig, written), []);
    t.equal(
      (await client.send('GET', `${EVENTS}/before-the-jump`)).status,
      200,
      'its hour is not over',
    );
    t.equal(await cluster.end('SIGTERM'), 0);
  },
);
