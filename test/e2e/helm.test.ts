import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { Cluster, eventually, run, withoutKubectl } from './cluster.js';
import type { Output } from './cluster.js';
import { writeShopChart } from './helm-chart.js';
import { helmBinary } from './kubectl-binary.js';

const skip = withoutKubectl();

t.test(
  'a real helm installs, upgrades, rolls back and removes',
  { skip, timeout: 120_000 },
  async (t) => {
    const cluster = new Cluster();
    const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-helm-'));
    t.teardown(async () => {
      await cluster.remove();
      rmSync(folder, { recursive: true, force: true });
    });
    await cluster.start();
    const chart = writeShopChart(folder);
    const helm = (...args: string[]): Promise<Output> =>
      run(helmBinary(35), [...args, '-n', 'mall'], {
        KUBECONFIG: cluster.kubeconfig,
        HELM_CACHE_HOME: folder,
        HELM_CONFIG_HOME: folder,
        HELM_DATA_HOME: folder,
      });
    const helmOk = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await helm(...args);
      if (code !== 0) throw new Error(`helm ${args.join(' ')}: exit ${code}\n${stdout}${stderr}`);
      return stdout;
    };
    const of = async (what: string, jsonpath: string): Promise<string> =>
      await cluster.kubectlOk('get', '-n', 'mall', what, '-o', `jsonpath=${jsonpath}`);
    const history = async (): Promise<string[]> =>
      (
        JSON.parse(await helmOk('history', 'corner', '-o', 'json')) as {
          revision: number;
          status: string;
        }[]
      ).map(({ revision, status }) => `${revision} ${status}`);

    await t.test('installs a chart with its definitions and its subchart, and waits', async (t) => {
      const installed = await helmOk(
        'install',
        'corner',
        chart,
        '--create-namespace',
        '--wait',
        '--timeout=20s',
      );
      t.match(installed, 'STATUS: deployed');
      t.match(installed, 'corner is open.');
      t.equal(await of('deploy/corner-web', '{.status.availableReplicas}'), '2');
      t.equal(await of('shelf/corner-shelf', '{.spec.boards} {.spec.wood}'), '2 oak');
      t.equal(await of('cm/corner-cache', '{.data.size}'), '16');
      t.equal(await of('cm/corner-settings', '{.data.served} {.data.installed}'), 'true now');
      t.equal(await of('cm/corner-before', '{.data.revision}'), '1');
      const listed = JSON.parse(await helmOk('list', '-o', 'json')) as object[];
      t.match(listed, [
        { name: 'corner', namespace: 'mall', status: 'deployed', chart: 'shop-1.2.3' },
      ]);
      t.match(
        (await helm('install', 'corner', chart)).stderr,
        'cannot reuse a name that is still in use',
      );
    });

    await t.test('its test pod runs to its end', async (t) => {
      const tested = await helm('test', 'corner', '--timeout=20s');
      t.match(tested, { code: 0, stdout: /Phase:\s+Succeeded/ }, tested.stderr);
    });

    await t.test('upgrades: what has changed, and no more', async (t) => {
      const uid = await of('deploy/corner-web', '{.metadata.uid}');
      await helmOk(
        'upgrade',
        'corner',
        chart,
        '--wait',
        '--timeout=20s',
        '--set=replicas=3,boards=4,greeting=again,cache.enabled=false',
      );
      t.equal(
        await of('deploy/corner-web', '{.metadata.uid} {.status.availableReplicas}'),
        `${uid} 3`,
      );
      t.equal(await of('cm/corner-settings', '{.data.greeting} {.data.installed}'), 'again before');
      t.equal(await of('shelf/corner-shelf', '{.spec.boards}'), '4');
      t.match(await cluster.kubectl('get', '-n', 'mall', 'cm', 'corner-cache'), {
        code: 1,
        stderr: /NotFound/,
      });
      t.equal(await of('cm/corner-before', '{.data.revision}'), '2');
      t.match(await helm('get', 'manifest', 'corner'), { code: 0, stdout: /greeting: again/ });
      t.match(await helm('upgrade', 'corner', chart, '--set=boards=0'), {
        code: 1,
        stderr: /spec\.boards.*greater than or equal to 1/,
      });
      t.same(await history(), ['1 superseded', '2 deployed', '3 failed']);
    });

    await t.test('takes back an upgrade that does not come up', async (t) => {
      const failed = await helm(
        'upgrade',
        'corner',
        chart,
        '--rollback-on-failure',
        '--timeout=4s',
        '--set=image=does-not-exist:1,greeting=never',
      );
      t.equal(failed.code, 1);
      t.match(
        failed.stderr,
        /release corner failed, and has been rolled back due to rollback-on-failure being set/,
      );
      t.equal(
        await of('deploy/corner-web', '{.spec.template.spec.containers[0].image}'),
        'nginx:1.29',
      );
      t.equal(await of('cm/corner-settings', '{.data.greeting}'), 'again');
      t.same(await history(), [
        '1 superseded',
        '2 superseded',
        '3 failed',
        '4 failed',
        '5 deployed',
      ]);
    });

    await t.test('rolls back to the first revision', async (t) => {
      await helmOk('rollback', 'corner', '1', '--wait', '--timeout=20s');
      t.equal(await of('deploy/corner-web', '{.status.availableReplicas}'), '2');
      t.equal(await of('cm/corner-cache', '{.data.size}'), '16');
      t.equal((await history()).at(-1), '6 deployed');
    });

    await t.test('removes everything but the definitions', async (t) => {
      await helmOk('uninstall', 'corner', '--wait', '--timeout=20s');
      const left = await cluster.kubectlOk(
        'get',
        '-n',
        'mall',
        'deploy,svc,sa,cm,secret,shelves',
        '-o',
        'name',
      );
      t.same(left.trim().split('\n').sort(), [
        'configmap/corner-before',
        'configmap/kube-root-ca.crt',
        'serviceaccount/default',
      ]);
      t.match(await cluster.kubectl('get', 'crd', 'shelves.shop.example.com'), { code: 0 });
      await eventually(
        'no pod is left',
        async () => (await cluster.kubectlOk('get', '-n', 'mall', 'pods', '-o', 'name')) === '',
      );
    });

    await t.test('an install that does not come up leaves nothing', async (t) => {
      const failed = await helm(
        'install',
        'second',
        chart,
        '--atomic',
        '--timeout=2s',
        '--set=image=does-not-exist:1',
      );
      t.equal(failed.code, 1);
      t.match(failed.stderr, /has been uninstalled due to/);
      t.same(JSON.parse(await helmOk('list', '-o', 'json')), []);
      t.match(await cluster.kubectlOk('get', '-n', 'mall', 'deploy,shelves', '-o', 'name'), '');
    });
  },
);
