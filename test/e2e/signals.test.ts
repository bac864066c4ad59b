import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { askDaemon, dataFolder } from '../../src/daemon/index.js';
import { Cluster, eventually } from './cluster.js';
import { RunningCommand } from './running-command.js';

const DAEMON = fileURLToPath(new URL('../../src/daemon/main.js', import.meta.url));
const CONFIG = 'apiVersion: kubactor.dev/v1alpha1\nkind: Cluster\n';
/** Looks at the cluster come four times as often. */
const WATCHDOG_MS = 4000;

/** systemd's end of the protocol: prints each datagram as one line. */
const RECEIVER = `
import json, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('"bound"', flush=True)
while True:
    data = s.recv(8192).decode()
    if not data.startswith('BARRIER'):
        print(json.dumps(data.strip().split('\\n')), flush=True)
`;

function withoutSystemdNotify(): string | false {
  for (const command of ['systemd-notify', 'python3'])
    if (spawnSync(command, ['--version']).status !== 0) return `${command} is not on this machine`;
  return false;
}

t.test(
  'under systemd: ready, reloads, diagnostics, a watchdog that needs Raft, stopping',
  { skip: withoutSystemdNotify(), timeout: 240_000 },
  async (t) => {
    const cluster = new Cluster();
    t.teardown(() => cluster.remove());
    const socket = path.join(cluster.folder, 'notify.sock');
    const receiver = new RunningCommand('python3', ['-c', RECEIVER, socket]);
    t.teardown(() => receiver.stop());
    await eventually('the socket', async () => receiver.output.includes('bound'));
    const messages = (): string[][] =>
      receiver.lines.slice(1).map((line) => JSON.parse(line) as string[]);
    const heard = (what: string, pattern: RegExp, from = 0): Promise<number> =>
      eventually(what, async () => {
        const at = messages().findIndex(
          (lines, i) => i >= from && lines.some((line) => pattern.test(line)),
        );
        return at >= 0 && at + 1;
      });

    const file = path.join(cluster.folder, 'config.yaml');
    writeFileSync(file, `${CONFIG}nodes: {count: 0}\napiServer: {port: 0}\n`);
    const daemon = new RunningCommand(
      process.execPath,
      [DAEMON, '--data-dir', cluster.folder, '-f', file],
      { NOTIFY_SOCKET: socket, WATCHDOG_USEC: String(WATCHDOG_MS * 1000) },
    );
    t.teardown(() => daemon.stop());
    await heard('READY', /^READY=1$/);
    await heard('a status', /^STATUS=leader store-\d/);
    await heard('a watchdog', /^WATCHDOG=1$/);
    const { pid } = await cluster.status();

    await t.test('HUP takes over what can be, and says what cannot', async (t) => {
      const before = messages().length;
      writeFileSync(
        file,
        `${CONFIG}nodes: {count: 2}\napiServer: {port: 0}\nlog: {level: debug}\n`,
      );
      process.kill(pid, 'SIGHUP');
      const at = await heard('RELOADING', /^RELOADING=1$/, before);
      t.match(messages()[at - 1]?.[1], /^MONOTONIC_USEC=\d+$/);
      await heard('READY again', /^READY=1$/, at);
      t.match(
        daemon.output,
        /^settings reloaded: log\.level\nafter a restart only: nodes\.count$/m,
      );
      await cluster.kubactor('chaos', 'kill', 'scheduler');
      await eventually('a debug line', async () =>
        readFileSync(path.join(cluster.folder, 'logs/main.log'), 'utf8').includes(
          '"level":"debug"',
        ),
      );
    });

    await t.test('a broken file changes nothing, and is told', async (t) => {
      const before = messages().length;
      writeFileSync(file, `${CONFIG}log: {level: loud}\n`);
      process.kill(pid, 'SIGHUP');
      await heard('READY again', /^READY=1$/, before);
      t.match(daemon.output, /settings not reloaded; .*\n {2}log\.level: .*loud/);
      t.match(
        readFileSync(path.join(cluster.folder, 'logs/main.log'), 'utf8'),
        /"mistakes":\["log\.level: .*"msg":"settings not reloaded"/,
      );
      t.match(await cluster.status(), { ready: true, pid });
    });

    await t.test('USR2 writes diagnostics without a secret, for the owner only', async (t) => {
      const folder = path.join(cluster.folder, 'diagnostics');
      // Its beats are samples of its loop.
      await eventually('a beat of the first actor', async () => {
        const [first] = await askDaemon(dataFolder(cluster.folder), { verb: 'figures' });
        return typeof first?.loopDelayP99Ms === 'number';
      });
      process.kill(pid, 'SIGUSR2');
      const written = await eventually('the file', async () => {
        if (!existsSync(folder)) return false;
        const name = readdirSync(folder).find((each) => each.endsWith('.json'));
        return name !== undefined && path.join(folder, name);
      });
      t.equal(statSync(written).mode & 0o777, 0o600);
      const text = readFileSync(written, 'utf8');
      const diagnostics = JSON.parse(text) as { elections: object[] };
      t.match(diagnostics, {
        node: process.versions.node,
        config: { log: { level: 'debug' } },
        status: { store: { replicas: [{}, {}, {}] } },
        actors: [
          { id: 'store-0', loopDelayP99Ms: Number, gcCount: Number, heapLimitBytes: Number },
        ],
        main: { heap: { used_heap_size: Number } },
      });
      // Newest first: who starts late may have campaigned since, in vain.
      t.match(diagnostics.elections.at(-1), { cause: 'cluster-start' });
      const key =
        readFileSync(path.join(cluster.folder, 'pki/admin.key'), 'utf8').split('\n')[1] ?? '';
      t.notOk(text.includes(key) || text.includes('PRIVATE KEY') || text.includes('client-key'));
    });

    await t.test('without a quorum there is no watchdog, with one there is again', async (t) => {
      const before = messages().length;
      for (const target of ['store-leader', 'store-0', 'store-1', 'store-2'])
        if ((await cluster.status()).store.replicas.filter(({ role }) => role !== null).length > 1)
          await cluster.kubactor('chaos', 'kill', target, '--hold', '8s');
      const lost = await heard('no leader', /^STATUS=leader none/, before);
      const found = await heard('a leader', /^STATUS=leader store-/, lost);
      const between = messages().slice(lost - 1, found - 1);
      t.same(
        between.filter((lines) => lines.includes('WATCHDOG=1')),
        [],
        `${between.length} messages`,
      );
      await heard('a watchdog', /^WATCHDOG=1$/, found - 1);
    });

    await t.test('TERM drains it', async (t) => {
      const before = messages().length;
      process.kill(pid, 'SIGTERM');
      t.equal(await daemon.exited, 0);
      await heard('STOPPING', /^STOPPING=1$/, before);
      t.match(daemon.output, /stopping …\nstopped\n$/);
    });
  },
);

t.test('HUP and USR2 reach a daemon through its heart', { timeout: 120_000 }, async (t) => {
  const cluster = new Cluster();
  t.teardown(() => cluster.remove());
  await cluster.start('--set', 'nodes.count=0');
  const { pid } = await cluster.status();
  cluster.signal('SIGHUP');
  await eventually('the reload', async () =>
    /^settings reloaded: nothing new$/m.test(cluster.output),
  );
  cluster.signal('SIGUSR2');
  await eventually('the diagnostics', async () => /^diagnostics: .*\.json$/m.test(cluster.output));
  t.match(await cluster.status(), { ready: true, pid });
  t.equal(await cluster.end('SIGTERM'), 0);
});
