import type { ClusterStatus } from './control/index.js';

const LOOK_MS = 50;
/** An election takes less; after this its absence is explained. */
const PATIENCE_MS = 3000;

/**
 * Actors that run are no cluster yet: it is ready once its store has a leader. Where none comes, the reasons are told
 * once, and the waiting goes on. False: it is being stopped.
 */
export async function awaitLeader(
  status: () => Promise<ClusterStatus>,
  isStopping: () => boolean,
  complain: (message: string) => void,
): Promise<boolean> {
  const beganMs = performance.now();
  let told = false;
  while (!isStopping()) {
    const { store } = await status();
    if (store.leader !== null) return !isStopping();
    if (!told && performance.now() - beganMs > PATIENCE_MS) {
      told = true;
      complain(noLeader(store));
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return false;
}

function noLeader({ replicas }: ClusterStatus['store']): string {
  const reasons = replicas.map(
    ({ id, state, problem }) => `\n  ${id} (${state}): ${problem ?? 'no problem of its own'}`,
  );
  return `not ready: the store has no leader; \`kubactor status\` shows how it goes on${reasons.join('')}`;
}
