import { mkdtempSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { Cluster, eventually, withoutKubectl } from './cluster.js';
import { kubectlBinary } from './kubectl-binary.js';

const SAMPLE = fileURLToPath(new URL('../../../config/samples/web.yaml', import.meta.url));
const skip = withoutKubectl();

t.test('a real kubectl walks through a cluster', { skip, timeout: 240_000 }, async (t) => {
  const cluster = new Cluster();
  t.teardown(() => cluster.remove());
  await cluster.start();
  const k = (...args: string[]): Promise<string> => cluster.kubectlOk(...args);

  await t.test('three nodes are Ready', async (t) => {
    const nodes = await eventually('three Ready nodes', async () => {
      const out = await k('get', 'nodes', '--no-headers');
      return out.match(/ Ready /g)?.length === 3 && out;
    });
    t.match(nodes, /^node-1 +Ready .* v1\.36\.0\+kubactor$/m);
  });

  await t.test('create deployment makes six running pods, spread over the nodes', async (t) => {
    t.match(
      await k('create', 'deployment', 'web', '--image=nginx:1.29', '--replicas=6'),
      /deployment.apps\/web created/,
    );
    t.match(
      await k('rollout', 'status', 'deployment/web', '--timeout=60s'),
      /successfully rolled out/,
    );
    const pods = await k('get', 'pods', '-l', 'app=web', '-o', 'wide', '--no-headers');
    t.equal(pods.match(/1\/1 +Running/g)?.length, 6);
    for (const node of ['node-1', 'node-2', 'node-3'])
      t.equal(pods.split(node).length - 1, 2, `two on ${node}`);
    t.match(await k('get', 'deployment', 'web'), /web +6\/6 +6 +6/);
  });

  await t.test('apply of a manifest with many documents, and again, changes nothing', async (t) => {
    const first = await k('apply', '-f', SAMPLE);
    for (const kind of [
      'namespace/shop',
      'configmap/web',
      'secret/web',
      'deployment.apps/web',
      'service/web',
    ]) {
      t.match(first, `${kind} created`);
    }
    await k('-n', 'shop', 'rollout', 'status', 'deployment/web', '--timeout=60s');
    const again = await k('apply', '-f', SAMPLE);
    t.equal(again.match(/ unchanged/g)?.length, 5, again);
    t.match(
      await k('-n', 'shop', 'get', 'service', 'web', '-o', 'jsonpath={.spec.clusterIP}'),
      /^10\.(9[6-9]|1[01]\d)\./,
    );
    t.equal(
      await k('-n', 'shop', 'get', 'secret', 'web', '-o', 'jsonpath={.data.password}'),
      'bm90LWEtc2VjcmV0',
    );
    await eventually('six endpoints', async () => {
      const out = await k(
        '-n',
        'shop',
        'get',
        'endpointslices',
        '-o',
        'jsonpath={.items[*].endpoints[*].conditions.ready}',
      );
      return out.split(' ').filter((ready) => ready === 'true').length === 6;
    });
  });

  await t.test('what no node serves yet fails in the words of Kubernetes', async (t) => {
    const unreachable =
      /^Error from server: error dialing backend: dial tcp .*:10250: connect: connection refused$/m;
    t.match((await cluster.kubectl('exec', 'deploy/web', '--', 'ls')).stderr, unreachable);
    t.match((await cluster.kubectl('attach', 'deploy/web')).stderr, unreachable);
    t.match(
      (await cluster.kubectl('port-forward', 'deploy/web', '0:80')).stderr,
      /error dialing backend: dial tcp .*:10250: connect: connection refused/,
    );
    t.match((await cluster.kubectl('top', 'pods')).stderr, /^error: Metrics API not available$/m);
  });

  await t.test('a service account is known by its token', async (t) => {
    const token = (await k('create', 'token', 'default')).trim();
    const { apiServer } = await cluster.status();
    const whoami = await cluster.kubectl(
      '--kubeconfig=/dev/null',
      `--server=${apiServer.url}`,
      '--insecure-skip-tls-verify',
      `--token=${token}`,
      ...['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'],
    );
    t.match(whoami, { stdout: 'system:serviceaccount:default:default' }, whoami.stderr);
  });

  await t.test('explain reads the older OpenAPI as well', async (t) => {
    const explained = await k('explain', 'deploy.spec', '--output=plaintext-openapiv2');
    t.match(explained, /^VERSION: +apps\/v1$/m);
    t.match(explained, /^ +replicas\t<integer>$/m);
    t.match(explained, /^ +template\t<Object> -required-$/m);
  });

  await t.test('describe tells of a pod, a deployment, a node and a service', async (t) => {
    const pod = (await k('get', 'pods', '-l', 'app=web', '-o', 'name')).split('\n')[0] ?? '';
    const described = await k('describe', pod);
    for (const text of [
      'Successfully assigned',
      'Pulled',
      'Created',
      'Started',
      'PodScheduled',
      'QoS Class',
    ])
      t.match(described, text);
    t.match(
      await k('describe', 'deployment', 'web'),
      /Scaled up replica set web-[a-z0-9]+ from 0 to 6/,
    );
    t.match(await k('describe', 'node', 'node-1'), /Allocated resources/);
    t.match(await k('-n', 'shop', 'describe', 'service', 'web'), /Endpoints: +10\.244\./);
  });

  await t.test('a watch shows pods coming and going', async (t) => {
    const watch = spawn(kubectlBinary(35), ['get', 'pods', '-o', 'wide', '-w'], {
      env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
    });
    let seen = '';
    watch.stdout.on('data', (data: Buffer) => (seen += data.toString()));
    t.teardown(() => watch.kill());
    await eventually('the first lines of the watch', async () => seen.split('\n').length > 6);
    await k('scale', 'deployment/web', '--replicas=8');
    await eventually(
      'two more to be running',
      async () => new Set(seen.match(/^web-\S+(?= +1\/1 +Running)/gm)).size === 8,
    );
    await k('scale', 'deployment/web', '--replicas=5');
    await eventually(
      'three to terminate',
      async () => new Set(seen.match(/^web-\S+(?= .*Terminating)/gm)).size === 3,
    );
    await eventually(
      'five left',
      async () => (await k('get', 'pods', '--no-headers')).trim().split('\n').length === 5,
    );
  });

  await t.test('set image rolls over to new pods, and undo rolls back', async (t) => {
    await k('set', 'image', 'deployment/web', 'nginx=nginx:1.30');
    t.match(
      await k('rollout', 'status', 'deployment/web', '--timeout=60s'),
      /successfully rolled out/,
    );
    const images = async (): Promise<Set<string>> =>
      new Set(
        (
          await k(
            'get',
            'pods',
            '-l',
            'app=web',
            '-o',
            'jsonpath={.items[*].spec.containers[0].image}',
          )
        ).split(' '),
      );
    await eventually('only new images', async () => [...(await images())].join() === 'nginx:1.30');
    await k('rollout', 'undo', 'deployment/web');
    await k('rollout', 'status', 'deployment/web', '--timeout=60s');
    await eventually('only old images', async () => [...(await images())].join() === 'nginx:1.29');
    t.match(await k('rollout', 'history', 'deployment/web'), /REVISION/);
  });

  await t.test('a deleted pod is replaced', async (t) => {
    const before = (await k('get', 'pods', '-l', 'app=web', '-o', 'name')).trim().split('\n');
    t.match(await k('delete', before[0] ?? ''), /deleted/);
    await eventually('five ready again', async () => {
      const out = await k('get', 'pods', '-l', 'app=web', '--no-headers');
      return (
        out.match(/1\/1 +Running/g)?.length === 5 &&
        !out.includes((before[0] ?? '').replace('pod/', ''))
      );
    });
  });

  await t.test(
    'events, logs, explain, api-resources, label, annotate, edit by patch',
    async (t) => {
      t.match(await k('get', 'events'), /ScalingReplicaSet/);
      const pod = (await k('get', 'pods', '-l', 'app=web', '-o', 'name')).split('\n')[0] ?? '';
      t.match(await k('logs', pod), /started/);
      t.match(await k('explain', 'deployment.spec.replicas'), /Number of desired pods/);
      t.match(await k('api-resources'), /deployments +deploy +apps\/v1 +true +Deployment/);
      await k('label', pod, 'tier=front');
      await k('annotate', pod, 'note=hello');
      t.equal((await k('get', 'pods', '-l', 'tier=front', '-o', 'name')).trim(), pod);
      await k(
        'patch',
        'deployment',
        'web',
        '--type=strategic',
        '-p',
        '{"spec":{"template":{"metadata":{"annotations":{"x":"y"}}}}}',
      );
      await k(
        'patch',
        'deployment',
        'web',
        '--type=json',
        '-p',
        '[{"op":"add","path":"/metadata/labels/j","value":"1"}]',
      );
      await k(
        'patch',
        'deployment',
        'web',
        '--type=merge',
        '-p',
        '{"metadata":{"labels":{"m":"1"}}}',
      );
      t.match(await k('get', 'deployment', 'web', '--show-labels'), /j=1,m=1/);
      t.match(await k('get', 'all', '-n', 'shop'), /deployment.apps\/web/);
      t.match(
        await k('auth', 'whoami').catch((error: unknown) => String(error)),
        /kubernetes-admin|selfsubjectreviews/,
      );
    },
  );

  await t.test('a pod that fits nowhere says why', async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-manifest-'));
    const file = path.join(folder, 'big.yaml');
    writeFileSync(
      file,
      [
        'apiVersion: v1',
        'kind: Pod',
        'metadata: {name: big}',
        'spec: {containers: [{name: c, image: x, resources: {requests: {cpu: "100"}}}]}',
        '',
      ].join('\n'),
    );
    await k('create', '-f', file);
    await eventually('a FailedScheduling event', async () =>
      (await k('get', 'events', '--field-selector', 'reason=FailedScheduling')).includes(
        '0/3 nodes are available: 3 Insufficient cpu',
      ),
    );
    t.match(await k('get', 'pod', 'big'), /Pending/);
    await k('delete', 'pod', 'big', '--now');
  });

  await t.test('deleting a deployment and a namespace leaves nothing behind', async (t) => {
    await k('delete', 'deployment', 'web');
    await eventually('no pods', async () => (await k('get', 'pods', '--no-headers')).trim() === '');
    t.equal((await k('get', 'replicasets', '--no-headers')).trim(), '');
    t.match(await k('delete', 'namespace', 'shop', '--timeout=60s'), /deleted/);
    const { stderr, code } = await cluster.kubectl('get', 'namespace', 'shop');
    t.equal(code, 1);
    t.match(stderr, 'Error from server (NotFound): namespaces "shop" not found');
  });

  await t.test('Ctrl-C stops cleanly', async (t) => {
    t.equal(await cluster.end('SIGINT'), 0);
    t.match(cluster.output, /^stopped$/m);
  });
});
