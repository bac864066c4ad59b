import { clusterClient, type ClusterClient } from '../../src/cli/cluster-client.js';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

/** Writes ConfigMaps, one after another; throws where one is not acknowledged. */
export async function writeConfigMaps(kubeconfig: string, names: readonly string[]): Promise<void> {
  await withClient(kubeconfig, async (client) => {
    for (const name of names) {
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { name } };
      const { status } = await client.send('POST', CONFIG_MAPS, body);
      if (status !== 201) throw new Error(`${name}: ${status}`);
    }
  });
}

/** Those of the names that are not there, or not as they were written. */
export async function missingConfigMaps(
  kubeconfig: string,
  names: readonly string[],
): Promise<string[]> {
  return withClient(kubeconfig, async (client) => {
    const { status, body } = await client.send('GET', CONFIG_MAPS);
    if (status !== 200) throw new Error(`list: ${status}`);
    const { items } = body as { items: { metadata: { name: string }; data?: { name?: string } }[] };
    const found = new Map(items.map(({ metadata, data }) => [metadata.name, data?.name]));
    return names.filter((name) => found.get(name) !== name);
  });
}

export async function withClient<T>(
  kubeconfig: string,
  use: (client: ClusterClient) => Promise<T>,
): Promise<T> {
  const client = clusterClient(kubeconfig);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

export function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}-${at}`);
}
