import type { ClusterClient } from '../cluster-client.js';

/** Writers side by side, so that one slow answer does not hide a gap. */
const WRITERS = 4;
const READ_BACK_CHUNK = 500;
const REFUSED_PAUSE_MS = 5;

export interface WriteReport {
  readonly acknowledged: number;
  readonly refused: number;
  /** The longest time between two acknowledged writes. */
  readonly longestGapMs: number;
  readonly readBack: number;
  readonly lost: readonly string[];
}

export interface Writing {
  /** Ends the writing, reads everything back. */
  finish(): Promise<WriteReport>;
  /** Ends the writing, whatever has become of it. */
  stop(): void;
}

/** Creates config maps continuously and remembers which were acknowledged. */
export function startWriting(client: ClusterClient, namespace: string): Writing {
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const acknowledged = new Set<string>();
  let [refused, next, longestGapMs] = [0, 0, 0];
  let lastMs = performance.now();
  let writing = true;

  const write = async (): Promise<void> => {
    while (writing) {
      const name = `write-${next++}`;
      const body = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, labels: { tour: 'writes' } },
        data: { name },
      };
      const status = await client.send('POST', path, body).then(
        (reply) => reply.status,
        () => 0,
      );
      if (status !== 201) {
        refused++;
        // A refused connection ends at once: it is not tried again at once.
        await new Promise((resolve) => setTimeout(resolve, REFUSED_PAUSE_MS));
        continue;
      }
      const now = performance.now();
      longestGapMs = Math.max(longestGapMs, now - lastMs);
      lastMs = now;
      acknowledged.add(name);
    }
  };
  const writers = Array.from({ length: WRITERS }, write);

  const stop = (): void => {
    writing = false;
  };

  return {
    stop,
    async finish() {
      stop();
      await Promise.all(writers);
      const found = await readBack(client, path);
      const lost = [...acknowledged].filter((name) => !found.has(name));
      return {
        acknowledged: acknowledged.size,
        refused,
        longestGapMs,
        readBack: acknowledged.size - lost.length,
        lost,
      };
    },
  };
}

interface ConfigMapList {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

async function readBack(client: ClusterClient, path: string): Promise<Set<string>> {
  const names = new Set<string>();
  let token = '';
  do {
    const query = `labelSelector=tour%3Dwrites&limit=${READ_BACK_CHUNK}&continue=${encodeURIComponent(token)}`;
    const { status, body } = await client.send('GET', `${path}?${query}`);
    if (status !== 200)
      throw new Error(`the config maps could not be listed: ${JSON.stringify(body)}`);
    const list = body as ConfigMapList;
    for (const item of list.items) names.add(item.metadata.name);
    token = list.metadata.continue ?? '';
  } while (token !== '');
  return names;
}
