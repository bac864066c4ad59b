import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { Cluster, eventually, withoutKubectl } from './cluster.js';

const skip = withoutKubectl();

function manifest(kind: string, name: string, spec: object): object {
  const labels = { app: name };
  const template = {
    metadata: { labels },
    spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'nginx:1.28' }] },
  };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: { selector: { matchLabels: labels }, template, ...spec },
  };
}

t.test('a real kubectl rolls sets out and back', { skip, timeout: 300_000 }, async (t) => {
  const cluster = new Cluster();
  t.teardown(() => cluster.remove());
  await cluster.start();
  const k = (...args: string[]): Promise<string> => cluster.kubectlOk(...args);
  const apply = (object: object): Promise<string> => {
    const file = path.join(cluster.folder, 'set.json');
    writeFileSync(file, JSON.stringify(object));
    return k('apply', '-f', file);
  };
  const rollout = (...args: string[]): Promise<string> => k('rollout', ...args);
  /** A line for each pod: the fields, in the order of names. */
  const pods = async (app: string, ...fields: string[]): Promise<string[]> => {
    const columns = fields.map((field, at) => `C${String(at)}:${field}`).join(',');
    const out = await k(
      'get',
      'pods',
      '-l',
      `app=${app}`,
      '--no-headers',
      '-o',
      `custom-columns=${columns}`,
    );
    return out
      .trim()
      .split('\n')
      .map((line) => line.replace(/ +/g, ' ').trim())
      .sort();
  };
  const IMAGE = '.spec.containers[0].image';
  const NODE = '.spec.nodeName';
  const NAME = '.metadata.name';

  await t.test('a DaemonSet runs on all nodes', async (t) => {
    await eventually('three Ready nodes', async () => {
      const out = await k('get', 'nodes', '--no-headers');
      return out.match(/ Ready /g)?.length === 3;
    });
    t.match(await apply(manifest('DaemonSet', 'agent', {})), /daemonset.apps\/agent created/);
    t.match(await apply(manifest('DaemonSet', 'agent', {})), /unchanged/);
    t.match(
      await rollout('status', 'ds/agent', '--timeout=60s'),
      /daemon set "agent" successfully rolled out/,
    );
    t.same(await pods('agent', NODE), ['node-1', 'node-2', 'node-3']);
    t.match(await k('get', 'ds', 'agent'), /agent +3 +3 +3 +3 +3 +<none>/);
    t.match(await k('describe', 'ds', 'agent'), /SuccessfulCreate .* Created pod: agent-/);
  });

  await t.test('it is updated node by node, restarted, and taken back', async (t) => {
    await k('set', 'image', 'ds/agent', 'c=nginx:1.29');
    await rollout('status', 'ds/agent', '--timeout=60s');
    t.same(await pods('agent', NODE, IMAGE), [
      'node-1 nginx:1.29',
      'node-2 nginx:1.29',
      'node-3 nginx:1.29',
    ]);
    t.match(await rollout('history', 'ds/agent'), /^1 +<none>\n2 +<none>$/m);
    t.match(await rollout('history', 'ds/agent', '--revision=1'), /Image:\s+nginx:1\.28/);
    t.match(await rollout('undo', 'ds/agent'), /daemonset.apps\/agent rolled back/);
    await rollout('status', 'ds/agent', '--timeout=60s');
    t.same(await pods('agent', IMAGE), ['nginx:1.28', 'nginx:1.28', 'nginx:1.28']);
    t.match(await rollout('history', 'ds/agent'), /^2 +<none>\n3 +<none>$/m);
    t.match(await rollout('undo', 'ds/agent', '--to-revision=3'), /skipped rollback/);
    const before = await pods('agent', NAME);
    await rollout('restart', 'ds/agent');
    await rollout('status', 'ds/agent', '--timeout=60s');
    const after = await pods('agent', NAME, '.metadata.labels.pod-template-generation');
    t.equal(after.length, 3);
    t.ok(
      after.every((line) => line.endsWith(' 4')),
      after.join(),
    );
    t.notOk(after.some((line) => before.includes(line.split(' ')[0] ?? '')));
  });

  await t.test('a tainted node is left, a cordoned one is not', async (t) => {
    await k('taint', 'nodes', 'node-2', 'off=limits:NoExecute');
    await k('cordon', 'node-3');
    await eventually('one pod less', async () => (await pods('agent', NODE)).length === 2);
    t.same(await pods('agent', NODE), ['node-1', 'node-3']);
    const [, onThree = ''] = await pods('agent', NODE, NAME);
    await k('delete', 'pod', onThree.split(' ')[1] ?? '');
    await rollout('status', 'ds/agent', '--timeout=60s');
    t.same(await pods('agent', NODE), ['node-1', 'node-3']);
    await k('taint', 'nodes', 'node-2', 'off-');
    await k('uncordon', 'node-3');
    await eventually('all nodes', async () => (await pods('agent', NODE)).length === 3);
    await k('delete', 'ds', 'agent');
    await eventually('no pods', async () => (await pods('agent', NAME)).join('') === '');
    t.equal(await k('get', 'controllerrevisions', '-o', 'name'), '');
  });

  await t.test('a StatefulSet comes and goes in order', async (t) => {
    const volumeClaimTemplates = [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ];
    await apply(
      manifest('StatefulSet', 'db', { serviceName: 'db', replicas: 3, volumeClaimTemplates }),
    );
    t.match(
      await rollout('status', 'sts/db', '--timeout=60s'),
      /statefulset rolling update complete 3 pods at revision db-|partitioned roll out complete/,
    );
    t.same(await pods('db', NAME, '.spec.hostname', '.spec.subdomain'), [
      'db-0 db-0 db',
      'db-1 db-1 db',
      'db-2 db-2 db',
    ]);
    t.match(await k('get', 'sts', 'db'), /db +3\/3 /);
    const born = await pods('db', NAME, '.status.startTime');
    t.same(
      [...born].sort((a, b) => ((a.split(' ')[1] ?? '') < (b.split(' ')[1] ?? '') ? -1 : 1)),
      born,
    );
    await k('scale', 'sts', 'db', '--replicas=1');
    await eventually('one pod', async () => (await pods('db', NAME)).length === 1);
    const events = await k(
      'get',
      'events',
      '--field-selector',
      'reason=SuccessfulDelete',
      '-o',
      'name',
    );
    t.ok(events.length > 0);
    t.match(await k('describe', 'sts', 'db'), /delete Pod db-2 in StatefulSet db successful/);
    const claims = await k('get', 'pvc', '-o', 'jsonpath={.items[*].metadata.name}');
    t.equal(claims, 'data-db-0 data-db-1 data-db-2', 'claims stay');
    await k('scale', 'sts', 'db', '--replicas=3');
    await rollout('status', 'sts/db', '--timeout=60s');
    await k('create', 'pdb', 'db', '--selector=app=db', '--max-unavailable=1');
    await eventually('a budget for three', async () => {
      const figures = 'jsonpath={.status.expectedPods} {.status.disruptionsAllowed}';
      return (await k('get', 'pdb', 'db', '-o', figures)) === '3 1';
    });
  });

  await t.test('it is updated down to the partition, then to the end, and back', async (t) => {
    const partition = (value: number): Promise<string> =>
      k(
        'patch',
        'sts',
        'db',
        '-p',
        JSON.stringify({ spec: { updateStrategy: { rollingUpdate: { partition: value } } } }),
      );
    await partition(2);
    await k('set', 'image', 'sts/db', 'c=nginx:1.29');
    t.match(
      await rollout('status', 'sts/db', '--timeout=60s'),
      /partitioned roll out complete: 1 new pods have been updated/,
    );
    t.same(await pods('db', NAME, IMAGE), [
      'db-0 nginx:1.28',
      'db-1 nginx:1.28',
      'db-2 nginx:1.29',
    ]);
    await partition(0);
    await cluster.kubactor('chaos', 'kill', 'controller-manager');
    await rollout('status', 'sts/db', '--timeout=60s');
    await eventually('all new', async () =>
      (await pods('db', IMAGE)).every((image) => image === 'nginx:1.29'),
    );
    t.match(await rollout('history', 'sts/db'), /^1 +<none>\n2 +<none>$/m);
    await rollout('undo', 'sts/db');
    await cluster.kubactor('chaos', 'kill', 'controller-manager');
    await eventually('all old', async () =>
      (await pods('db', IMAGE)).every((image) => image === 'nginx:1.28'),
    );
    await rollout('status', 'sts/db', '--timeout=60s');
    t.match(await rollout('undo', 'sts/db', '--to-revision=3'), /skipped rollback/);
    t.same(await pods('db', NAME), ['db-0', 'db-1', 'db-2']);
    await eventually('one revision', async () => {
      const out = await k(
        'get',
        'sts',
        'db',
        '-o',
        'jsonpath={.status.currentRevision} {.status.updateRevision}',
      );
      const [current, update] = out.split(' ');
      return current === update;
    });
  });
});
