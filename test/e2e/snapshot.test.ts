import {
  mkdtempSync,
  openSync,
  closeSync,
  existsSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { Cluster, eventually } from './cluster.js';
import { missingConfigMaps, numbered, withClient, writeConfigMaps } from './objects.js';

interface Facts {
  readonly hash: string;
  readonly revision: number;
  readonly totalKeys: number;
  readonly clusterId: string;
}

t.test(
  'a snapshot of a running cluster becomes a new cluster, with everything in it',
  { timeout: 240_000 },
  async (t) => {
    const cluster = new Cluster();
    t.teardown(() => cluster.remove());
    const elsewhere = mkdtempSync(path.join(tmpdir(), 'kubactor-snapshot-'));
    t.teardown(() => rmSync(elsewhere, { recursive: true, force: true }));
    const file = path.join(elsewhere, 'a.snapshot');
    const factsOf = async (...args: string[]): Promise<Facts> => {
      const { stdout, stderr } = await cluster.kubactor('snapshot', ...args, '-o', 'json');
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout) as Facts;
    };
    await cluster.start(
      ...['--set', 'nodes.count=0', '--set', 'backup.enabled=true'],
      ...['--set', 'backup.schedule=*/2 * * * * *', '--set', 'backup.keep=2'],
    );
    const names = numbered('kept', 20);
    await writeConfigMaps(cluster.kubeconfig, names);

    await t.test('it is saved under load, and says what it is', async (t) => {
      const writing = writeConfigMaps(cluster.kubeconfig, numbered('meanwhile', 200));
      const saved = await factsOf('save', file);
      await writing;
      t.match(saved, { hash: /^[0-9a-f]{16}$/, sha256: /^[0-9a-f]{64}$/, replica: /^store-/ });
      const { replica: _, ...inspected } = { ...(await factsOf('inspect', file)), replica: 0 };
      t.match(saved, inspected);
      const text = await cluster.kubactor('snapshot', 'inspect', file);
      t.match(text.stdout, /^HASH +REVISION +TOTAL KEYS +SIZE +SHA-256\n/);
      t.same(
        (await cluster.status()).actors
          .filter(({ id }) => id !== 'snapshot')
          .map(({ id, restarts }) => [id, restarts]),
        [
          'store-0',
          'store-1',
          'store-2',
          'api-server',
          'scheduler',
          'controller-manager',
          'gateway',
        ].map((id) => [id, 0]),
        'no actor was harmed',
      );
    });

    await t.test('backups come by the schedule, and two stay', async (t) => {
      const { backups } = await eventually('a third backup', async () => {
        const found = await cluster.status();
        const log = await cluster.kubactor('logs', 'main');
        return (log.stdout.match(/"msg":"backup made"/g)?.length ?? 0) >= 3 && found;
      });
      t.match(backups, { problem: null, lastAt: /^20/, nextAt: /^20/ });
      t.match((await cluster.kubactor('status')).stdout, /^backups +last 20.*, next 20/m);
      const left = readdirSync(path.join(cluster.folder, 'backups'));
      t.ok(left.filter((name) => name.endsWith('.snapshot')).length <= 3, left.join(' '));
    });

    await t.test('what cannot be done is said in a line, with exit code 1', async (t) => {
      const damaged = path.join(elsewhere, 'damaged');
      const handle = openSync(damaged, 'w');
      writeSync(handle, Buffer.alloc(5000, 7));
      closeSync(handle);
      const cases = [
        [['restore', file], /in use by another kubactor \(pid \d+\)/],
        [['save', path.join(elsewhere, 'no/such/folder')], /not saved: ENOENT/],
        [['inspect', damaged], /damaged: it is damaged, or no snapshot at all/],
        [['inspect', path.join(elsewhere, 'none')], /there is no such file/],
      ] as const;
      for (const [args, message] of cases) {
        const { code, stderr } = await cluster.kubactor('snapshot', ...args);
        t.match({ code, stderr }, { code: 1, stderr: message }, args.join(' '));
        t.equal(stderr.trimEnd().split('\n').length, 1, stderr);
      }
      t.ok((await cluster.status()).ready);
    });

    const { clusterId, revision } = await factsOf('inspect', file);
    await t.test('it is restored into a new folder', async (t) => {
      const restored = new Cluster();
      t.teardown(() => restored.remove());
      const restore = (...flags: string[]): ReturnType<Cluster['kubactor']> =>
        restored.kubactor('snapshot', 'restore', ...flags, '-o', 'json');
      t.match(await restore(path.join(elsewhere, 'damaged')), { code: 1, stderr: /damaged/ });
      t.same(readdirSync(restored.folder), [], 'nothing was made of it');
      t.notOk(existsSync(`${restored.folder}.restoring`));
      t.match(await restore(file, '--bump-revision', 'much'), { code: 2 });
      const done = await restore(file);
      t.equal(done.code, 0, done.stderr);
      const facts = JSON.parse(done.stdout) as Facts;
      t.equal(facts.revision, revision + 1_000_000_000);
      t.not(facts.clusterId, clusterId);
      t.match(await restore(file), { code: 1, stderr: /not empty/ });

      await restored.start('--set', 'nodes.count=0');
      t.same(await missingConfigMaps(restored.kubeconfig, names), []);
      await writeConfigMaps(restored.kubeconfig, numbered('new', 5));
      await withClient(restored.kubeconfig, async (client) => {
        const watch = `/api/v1/namespaces/default/configmaps?watch=1&resourceVersion=${revision}`;
        const { status, body } = await client.send('GET', watch);
        t.ok(
          status === 410 ||
            (body as { code?: number }).code === 410 ||
            /410/.test(JSON.stringify(body)),
        );
      });
      t.equal(await restored.end('SIGTERM'), 0);
    });
    t.equal(await cluster.end('SIGTERM'), 0);
  },
);
