import t from 'tap';
import { Cluster, eventually } from './cluster.js';
import { withClient } from './objects.js';
import { kubactorOnTerminal, withoutTerminal } from './running-command.js';

const skip = withoutTerminal();
const CTRL_C = '\u0003';
/** Colours and weights: SGR. */
const COLOUR = /\u001b\[[\d;]*m/;

t.test('a terminal gets a live line, redrawn in place', { skip, timeout: 90_000 }, async (t) => {
  const cluster = new Cluster();
  t.teardown(() => cluster.remove());
  const flags = ['--data-dir', cluster.folder, '--set', 'apiServer.port=0'];
  const terminal = kubactorOnTerminal(['start', ...flags, '--set', 'nodes.count=1']);
  t.teardown(() => terminal.stop());
  const lastLine = (): string => terminal.output.split('\r\u001b[2K').at(-1) ?? '';
  const drawn = (line: RegExp): Promise<boolean> =>
    eventually(`a live line with ${String(line)}`, async () => line.test(lastLine()));

  await drawn(
    /^leader store-\d {2}term \d+ {2}actors 9\/9 {2}nodes 1\/1 ready {2}pods 0\/0 ready$/,
  );
  await withClient(cluster.kubeconfig, async (client) => {
    const spec = { containers: [{ name: 'c', image: 'nginx' }] };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec };
    const { status } = await client.send('POST', '/api/v1/namespaces/default/pods', pod);
    t.equal(status, 201);
  });
  await drawn(/pods 1\/1 ready$/);
  const { term } = (await cluster.status()).store;
  t.equal((await cluster.kubactor('chaos', 'kill', 'store-leader')).code, 0);
  await eventually('the line of a later term, with all actors', async () => {
    const [, shown = '0'] = /^leader store-\d {2}term (\d+) {2}actors 9\/9 /.exec(lastLine()) ?? [];
    return Number(shown) > term;
  });

  const [, afterReady = ''] = /^ready .*\r\n([^]*)$/m.exec(terminal.output) ?? [];
  t.notMatch(afterReady, /\n/, 'each is drawn over the one before');
  t.notMatch(terminal.output, COLOUR, 'there is no colour in it, with or without NO_COLOR');

  await t.test(
    "logs on a terminal are for people, with NO_COLOR in the terminal's own",
    async (t) => {
      const logs = ['logs', 'gateway', '--data-dir', cluster.folder];
      const coloured = kubactorOnTerminal(logs, { NO_COLOR: '' });
      const plain = kubactorOnTerminal(logs, { NO_COLOR: '1' });
      t.same(await Promise.all([coloured.exited, plain.exited]), [0, 0]);
      t.match(coloured.output, COLOUR);
      t.notMatch(plain.output, COLOUR);
      t.match(plain.output, /^\[\d\d:\d\d:\d\d\.\d+\] INFO/m);
    },
  );

  terminal.type(CTRL_C);
  t.equal(await terminal.exited, 0, 'Ctrl-C stops it cleanly');
  t.match(terminal.output, /\r\u001b\[2Kstopping …\r\nstopped\r\n$/, 'and the line is taken away');
});
