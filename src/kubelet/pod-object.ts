import type { V1Pod, V1PodStatus } from '../api/index.js';
import { isConflict, isNotFound, locationOf, Resource, type ApiClient } from '../client/index.js';

/** The API's object of one pod as far as it is known here, and the way to write its status. */
export interface PodObject {
  current(): V1Pod;
  /** False: it says nothing new (an echo of an own write, or older than that). */
  offer(pod: V1Pod): boolean;
  /**
   * Writes what `compute` makes of the newest object, unless it is there already. `gone`: there is no such pod any more.
   * `failed`: to be tried again later.
   */
  writeStatus(compute: (pod: V1Pod) => V1PodStatus): Promise<'done' | 'gone' | 'failed'>;
}

/** Others write too (the scheduler, the node lifecycle, readiness gates): so often is their newer object read. */
const CONFLICTS_MAX = 5;

export function podObject(client: ApiClient, first: V1Pod): PodObject {
  let current = first;
  /** What was written last, and the object that the server made of it: it may leave out what is empty. */
  let written: { readonly text: string; readonly version: string | undefined } | undefined;

  function offer(pod: V1Pod): boolean {
    if (!isNewer(versionOf(pod), versionOf(current))) return false;
    current = pod;
    return true;
  }

  async function readAgain(): Promise<'there' | 'gone' | 'failed'> {
    const found = await client.get(Resource.pods, locationOf(current));
    if (!found.ok) return isNotFound(found.error) ? 'gone' : 'failed';
    if (found.value.metadata?.uid !== current.metadata?.uid) return 'gone';
    offer(found.value);
    return 'there';
  }

  return {
    current: () => current,
    offer,
    async writeStatus(compute) {
      for (let attempt = 0; attempt < CONFLICTS_MAX; attempt++) {
        const status = compute(current);
        const text = JSON.stringify(status);
        if (text === JSON.stringify(current.status)) return 'done';
        if (text === written?.text && written.version === versionOf(current)) return 'done';
        const result = await client.updateStatus(Resource.pods, { ...current, status });
        if (result.ok) {
          offer(result.value);
          written = { text, version: versionOf(result.value) };
          return 'done';
        }
        if (isNotFound(result.error)) return 'gone';
        if (!isConflict(result.error)) return 'failed';
        const read = await readAgain();
        if (read !== 'there') return read;
      }
      return 'failed';
    },
  };
}

function versionOf(pod: V1Pod): string | undefined {
  return pod.metadata?.resourceVersion;
}

/** Resource versions of one resource may be compared as whole numbers (KEP-5504). */
function isNewer(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  return a.length === b.length ? a > b : a.length > b.length;
}
