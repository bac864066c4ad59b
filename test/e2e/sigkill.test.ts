import t from 'tap';
import { clusterClient } from '../../src/cli/cluster-client.js';
import { Cluster, eventually, withoutKubectl } from './cluster.js';

const skip = withoutKubectl();
const ROUNDS = 4;

t.test(
  'SIGKILL of the whole process, mid-write: nothing acknowledged is lost',
  { skip, timeout: 240_000 },
  async (t) => {
    const cluster = new Cluster();
    t.teardown(() => cluster.remove());
    await cluster.start();
    const kubeconfig = cluster.kubeconfig;
    await cluster.kubectlOk('create', 'deployment', 'web', '--image=nginx', '--replicas=3');
    await cluster.kubectlOk('rollout', 'status', 'deployment/web', '--timeout=60s');
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const stop = writeUntilItFails(kubeconfig, `round-${round}`, acknowledged);
      await eventually(
        'a hundred more writes',
        async () => acknowledged.length >= (round + 1) * 100,
      );
      t.equal(await cluster.end('SIGKILL'), 'SIGKILL');
      await stop;
      await cluster.start();
      const names = new Set(
        (await cluster.kubectlOk('get', 'configmaps', '-o', 'name')).trim().split('\n'),
      );
      t.same(
        acknowledged.filter((name) => !names.has(`configmap/${name}`)),
        [],
        `${acknowledged.length} acknowledged`,
      );
    }
    t.equal(cluster.kubeconfig, kubeconfig, 'the old kubeconfig goes on working');
    await eventually(
      'three running pods',
      async () =>
        (await cluster.kubectlOk('get', 'pods', '--no-headers')).match(/1\/1 +Running/g)?.length ===
        3,
    );
    t.equal((await cluster.kubectlOk('get', 'nodes', '--no-headers')).match(/ Ready /g)?.length, 3);
    t.equal(await cluster.end('SIGTERM'), 0);
  },
);

/** Many writes at once, so that the kill finds some of them half done. */
async function writeUntilItFails(
  kubeconfig: string,
  prefix: string,
  acknowledged: string[],
): Promise<void> {
  const client = clusterClient(kubeconfig);
  let failed = false;
  let next = 0;
  const write = async (): Promise<void> => {
    while (!failed) {
      const name = `${prefix}-${next++}`;
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
      const status = await client.send('POST', '/api/v1/namespaces/default/configmaps', body).then(
        (reply) => reply.status,
        () => 0,
      );
      if (status === 201) acknowledged.push(name);
      else failed = true;
    }
  };
  await Promise.all(Array.from({ length: 16 }, write));
  client.close();
}
