import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { parse, stringify } from 'yaml';
import { Cluster, KUBACTOR, eventually, run } from './cluster.js';
import { missingConfigMaps, numbered, writeConfigMaps } from './objects.js';

interface Named {
  readonly name: string;
}

t.test(
  'a detached cluster: start, status, kubeconfig, restart, stop',
  { timeout: 120_000 },
  async (t) => {
    const cluster = new Cluster();
    t.teardown(() => cluster.remove());
    t.teardown(() => endDaemon(cluster));
    const flags = ['--set', 'apiServer.port=0', '--set', 'nodes.count=0'];
    const started = await cluster.kubactor('start', '--detach', '-o', 'json', ...flags);
    t.equal(started.code, 0, started.stderr);

    const first = await cluster.status();
    t.ok(first.ready);
    t.match(first, { kubeconfig: cluster.kubeconfig });
    t.same(JSON.parse(started.stdout), {
      pid: first.pid,
      url: first.apiServer.url,
      kubeconfig: cluster.kubeconfig,
    });
    t.match(first.apiServer.url, /^https:\/\/127\.0\.0\.1:\d+$/);
    t.match((await cluster.kubactor('status')).stdout, /^ready {3}kubactor .*, pid \d+, up /);

    const refused = cluster.kubactor('start', '--detach', ...flags);
    await t.test('kubeconfig --merge keeps what is there', async (t) => {
      await mergeTests(t, cluster);
    });
    await t.test('a second one on the same folder is refused, with the pid', async (t) => {
      const second = await refused;
      t.equal(second.code, 1);
      t.match(second.stderr, new RegExp(`in use by another kubactor \\(pid ${first.pid}\\)`));
      t.equal((await cluster.status()).pid, first.pid);
    });

    await t.test('restart is a new process with the same flags and all objects', async (t) => {
      const names = numbered('kept', 10);
      await writeConfigMaps(cluster.kubeconfig, names);
      const restarted = await cluster.kubactor('restart', '-o', 'json');
      t.equal(restarted.code, 0, restarted.stderr);
      const now = await cluster.status();
      t.ok(now.ready, 'it is ready when the verb returns');
      t.not(now.pid, first.pid);
      t.equal(alive(first.pid), false);
      t.same(JSON.parse(restarted.stdout), {
        pid: now.pid,
        was: first.pid,
        url: first.apiServer.url,
      });
      t.equal(now.actors.length, first.actors.length, 'nodes.count is what it was');
      t.same(await missingConfigMaps(cluster.kubeconfig, names), []);
    });

    await t.test('stop ends it, and its heart', async (t) => {
      const { pid } = await cluster.status();
      const stopped = await cluster.kubactor('stop', '-o', 'json');
      t.equal(stopped.code, 0, stopped.stderr);
      t.same(JSON.parse(stopped.stdout), { stopped: true, pid });
      t.equal(alive(pid), false);
      // The start that was refused has set it aside.
      const output = path.join(cluster.folder, 'logs/daemon.1.out');
      await eventually('its last words', async () =>
        /^stopped$/m.test(readFileSync(output, 'utf8')),
      );
      for (const verb of ['status', 'stop', 'restart', 'elections']) {
        const { code, stderr } = await cluster.kubactor(verb);
        t.equal(code, 1, verb);
        t.match(stderr, /^kubactor: no kubactor runs on /, verb);
      }
    });
  },
);

t.test('a detached start that fails says why, with its exit code', async (t) => {
  const cluster = new Cluster();
  t.teardown(() => cluster.remove());
  const failed = await cluster.kubactor('start', '--detach', '--set', 'nodes.count=many');
  t.equal(failed.code, 2);
  t.match(failed.stderr, /nodes\.count/);
  t.equal(failed.stdout, '');
});

async function mergeTests(t: Test, cluster: Cluster): Promise<void> {
  const home = path.join(cluster.folder, 'home');
  const merge = (env: Record<string, string>): ReturnType<typeof run> => {
    const args = [KUBACTOR, 'kubeconfig', '--merge', '--data-dir', cluster.folder];
    return run(process.execPath, args, { HOME: home, KUBECONFIG: '', ...env });
  };
  t.equal((await merge({})).code, 0);
  const made = path.join(home, '.kube/config');
  t.same(parse(readFileSync(made, 'utf8')), parse(readFileSync(cluster.kubeconfig, 'utf8')));
  t.equal(statSync(made).mode & 0o777, 0o600);

  const theirs = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'work', cluster: { server: 'https://work.example' } }, { name: 'kubactor' }],
    users: [{ name: 'me', user: { token: 't' } }],
    contexts: [{ name: 'work', context: { cluster: 'work', user: 'me' } }],
    'current-context': 'work',
    preferences: { colors: true },
  };
  const real = path.join(home, 'real-config');
  const link = path.join(home, 'linked/config');
  writeFileSync(real, stringify(theirs), { mode: 0o644 });
  mkdirSync(path.dirname(link));
  symlinkSync(real, link);
  const merged = await merge({ KUBECONFIG: `${link}:${made}` });
  t.match(merged, { code: 0, stdout: /the current context is kubactor/ });
  t.ok(lstatSync(link).isSymbolicLink(), 'a link stays one');
  t.equal(statSync(real).mode & 0o777, 0o600);
  const joined = parse(readFileSync(real, 'utf8')) as Record<string, Named[]>;
  t.match(joined, { 'current-context': 'kubactor', preferences: { colors: true } });
  const names = (list: string): string[] => (joined[list] ?? []).map(({ name }) => name);
  t.same(['clusters', 'users', 'contexts'].map(names), [
    ['work', 'kubactor'],
    ['me', 'kubactor-admin'],
    ['work', 'kubactor'],
  ]);
  t.match(joined['contexts']?.[0], theirs.contexts[0]);

  writeFileSync(real, 'clusters: [');
  const broken = await merge({ KUBECONFIG: real });
  t.equal(broken.code, 1);
  t.match(broken.stderr, /real-config is left as it is, since it cannot be read: /);
  t.equal(readFileSync(real, 'utf8'), 'clusters: [', 'it is left as it was');
  t.notOk(existsSync(`${real}.tmp`));
}

/** Whatever became of the test: the daemon is in no process group of ours. */
async function endDaemon(cluster: Cluster): Promise<void> {
  const found = await cluster.status().catch(() => undefined);
  if (found === undefined) return;
  process.kill(found.pid, 'SIGTERM');
  await eventually('the end of the daemon', async () => !alive(found.pid));
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
