import { clusterClient } from '../../src/cli/cluster-client.js';
import { startWriting } from '../../src/cli/verbs/demo-writer.js';
import type { Cluster } from './cluster.js';

export interface WritersReport {
  readonly acknowledged: number;
  readonly kubectlAcknowledged: number;
  readonly lost: readonly string[];
}

/** Writes over HTTPS and through kubectl at the same time, until `finish`, which reads everything back. */
export function startWriters(cluster: Cluster): { finish(): Promise<WritersReport> } {
  const client = clusterClient(cluster.kubeconfig);
  const direct = startWriting(client, 'default');
  const byKubectl: string[] = [];
  const state = { going: true };
  const kubectl = (async (): Promise<void> => {
    for (let i = 0; state.going; i++) {
      const name = `by-kubectl-${i}`;
      const { code } = await cluster.kubectl('create', 'configmap', name, '--from-literal=a=b');
      if (code === 0) byKubectl.push(name);
    }
  })();
  return {
    async finish() {
      state.going = false;
      await kubectl;
      const report = await direct.finish();
      const names = new Set(
        (await cluster.kubectlOk('get', 'configmaps', '-o', 'name'))
          .trim()
          .split('\n')
          .map((line) => line.replace('configmap/', '')),
      );
      const lost = [...report.lost, ...byKubectl.filter((name) => !names.has(name))];
      client.close();
      return { acknowledged: report.acknowledged, kubectlAcknowledged: byKubectl.length, lost };
    },
  };
}
