import t from 'tap';
import { Cluster, eventually } from './cluster.js';
import { TmuxTerminal, withoutTmux } from './tmux-terminal.js';

const skip = withoutTmux();
const FLAGS = ['--set', 'nodes.count=1'];
/** Colours and weights: SGR. */
const COLOUR = /\u001b\[[\d;]*m/;

t.test('top shows what status says, through an election', { skip, timeout: 120_000 }, async (t) => {
  const cluster = new Cluster();
  t.teardown(() => cluster.remove());
  const terminal = new TmuxTerminal();
  t.teardown(() => terminal.stop());
  const top = ['top', '--data-dir', cluster.folder];
  await cluster.start(...FLAGS);
  await terminal.start(top, ['NO_COLOR=1', 'CI=true']);

  /** What stands on the screen, once `wanted` does. */
  const shown = (wanted: RegExp): Promise<string[]> =>
    eventually(`${String(wanted)} on the screen`, async () => {
      const rows = await terminal.rows();
      return wanted.test(rows.join('\n')) ? rows : undefined;
    });
  /** The screen and `status -o json` at one moment: the leader, and each replica's role, state and term. */
  const agreed = (): Promise<number> =>
    eventually('a screen that agrees with status', async () => {
      const { ready, pid, store, actors } = await cluster.status();
      const rows = await terminal.rows();
      const up = actors.filter(({ state }) => state === 'running').length;
      const roles = store.replicas.map(
        ({ id, role, state, term }) => new RegExp(`^[> ] ${id} +${role} +${state} +${term} `),
      );
      const agrees =
        ready &&
        rows[0]?.includes(`ready  pid ${pid} `) &&
        rows[1]?.startsWith(`leader ${store.leader}  term ${store.term}  commit `) &&
        rows[1].includes(`actors ${up}/${actors.length}  nodes 1/1 `) &&
        roles.every((role, i) => role.test(rows[5 + i] ?? ''));
      return agrees && store.term;
    });

  const term = await agreed();
  t.notMatch((await terminal.rows({ escapes: true })).join('\n'), COLOUR, 'NO_COLOR is heeded');

  t.equal((await cluster.kubactor('chaos', 'kill', 'store-leader')).code, 0);
  await eventually('agreement on a later term', async () => (await agreed()) > term);
  await shown(/^ +\d+ +store-\d +leader-crash +\d\/3 +\d+(\.\d)? ms/m);

  await t.test('a kill from the actors view', async (t) => {
    await terminal.type('2');
    await shown(/\[2 actors\][^]*^ {2}gateway /m);
    await terminal.type('Down', 'Down', 'Down', 'k');
    await shown(/^kill api-server\? y: yes/m);
    await terminal.type('y');
    await shown(/^killed api-server \(incarnation 1\)$/m);
    await shown(/^> api-server +running +1 /m);
    t.equal(
      (await cluster.status()).actors.find(({ id }) => id === 'api-server')?.restarts,
      1,
      'status says so too',
    );
  });

  await t.test('a larger terminal shows more', async (t) => {
    await terminal.type('4');
    t.notMatch((await shown(/^> node-1 +Ready/m)).join('\n'), /CONTAINER-RUNTIME/);
    await terminal.resize(160, 40);
    await shown(/CONTAINER-RUNTIME/);
  });

  await t.test('a daemon that ends is waited for', async (t) => {
    await cluster.end('SIGKILL');
    await shown(/^no kubactor runs on .* — trying again/m);
    await cluster.start(...FLAGS);
    await terminal.type('1');
    await agreed();
    t.notMatch((await terminal.rows()).join('\n'), /trying again/);
  });

  await terminal.type('q');
  await eventually('the end', () => Promise.resolve(terminal.exitCode() !== undefined));
  t.equal(terminal.exitCode(), 0);
  t.notMatch((await terminal.rows()).join('\n'), /leader store-/, 'the terminal is as it was');

  await t.test('without a terminal one snapshot is printed', async (t) => {
    const [text, json, status] = await Promise.all([
      cluster.kubactor('top'),
      cluster.kubactor('top', '-o', 'json'),
      cluster.status(),
    ]);
    t.equal(text.code, 0);
    t.match(
      text.stdout,
      new RegExp(`^leader ${status.store.leader}  term ${status.store.term} `, 'm'),
    );
    t.match(text.stdout, /^> node-1 +Ready/m);
    const shot = JSON.parse(json.stdout) as Record<string, unknown>;
    t.match(shot, {
      status: { store: { leader: status.store.leader } },
      nodes: [{ Name: 'node-1' }],
    });
  });
});

t.test('top without a daemon says so', async (t) => {
  const cluster = new Cluster();
  t.teardown(() => cluster.remove());
  const { code, stderr } = await cluster.kubactor('top');
  t.equal(code, 1);
  t.match(stderr, /^kubactor: no kubactor runs on .*; start one with/);
});
