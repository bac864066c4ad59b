import type { ThreadActorSystem } from '../io/thread/index.js';
import { CLUSTER } from '../topology/index.js';
import type { ClusterStatus } from './control/index.js';
import { OperatingError } from './failure.js';

const LOOK_MS = 50;
/** An actor that is not back within this time ends the round: what has not been restarted stays as it is. */
const BACK_MAX_MS = 60_000;
/**
 * The gateway holds the clients' connections, which would break; `kubactor restart` renews it with the process. The actor of a backup ends
 * by itself.
 */
const LEFT_ALONE: readonly string[] = ['gateway', 'snapshot', 'member-admin'];

interface Member {
  readonly id: string;
  readonly component: string;
}

/** Who is next: followers of the store, then everything else, and the store's leader last. Undefined: all are done. Pure. */
export function nextToRestart(
  actors: readonly Member[],
  leader: string | null,
  done: ReadonlySet<string>,
): string | undefined {
  const left = actors.filter(
    ({ id, component }) => !done.has(id) && !LEFT_ALONE.includes(component),
  );
  const follower = left.find(({ id, component }) => component === 'store' && id !== leader);
  return (follower ?? left.find(({ id }) => id !== leader) ?? left[0])?.id;
}

export interface RollingPorts {
  readonly system: ThreadActorSystem;
  readonly status: () => Promise<ClusterStatus>;
}

/**
 * Gives each actor a new life, one after the other, each drained first; the next one waits until the cluster is whole again. A leader
 * hands over before it goes. Resolves with their ids, in order.
 */
export async function rollingRestart({ system, status }: RollingPorts): Promise<string[]> {
  const done = new Set<string>();
  for (;;) {
    const { store } = await whole(status, 'the cluster is not ready');
    const id = nextToRestart(system.actors(), store.leader, done);
    if (id === undefined) return [...done];
    await system.terminateChild(CLUSTER, id);
    const restarted = await system.restartChild(CLUSTER, id);
    if (!restarted.ok)
      throw new OperatingError(`${id} did not come back: ${restarted.error.message}`);
    done.add(id);
    await whole(status, `after the restart of ${id} the cluster is not ready`);
  }
}

/** Every actor runs, and every replica has all that is committed. */
async function whole(
  status: () => Promise<ClusterStatus>,
  complaint: string,
): Promise<ClusterStatus> {
  const deadlineMs = performance.now() + BACK_MAX_MS;
  let wanted = 0;
  for (;;) {
    const found = await status();
    const { replicas, commitIndex } = found.store;
    // What was committed at the first look: a busy store never stands still.
    if (wanted === 0) wanted = commitIndex;
    const caughtUp = replicas.every(
      ({ role, appliedIndex }) => role !== null && appliedIndex >= wanted,
    );
    const up = found.actors.every(({ state }) => state === 'running');
    if (found.ready && up && caughtUp) return found;
    if (performance.now() > deadlineMs)
      throw new OperatingError(`${complaint}; \`kubactor status\` shows how it goes on`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
