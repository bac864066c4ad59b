import type { V1Pod } from '../../api/index.js';
import type { Timer } from '../../base/index.js';
import type { ApiResult } from '../../client/index.js';
import { isNotFound, locationOf, Resource, uidOf } from '../../client/index.js';
import type { ControllerFactory } from '../controller.js';
import { excessTerminated, garbageKind } from './plan.js';

/** As kube-controller-manager: how often it looks, and how long a node must have been gone. */
const PERIOD_MS = 20_000;
const QUARANTINE_MS = 40_000;

/** Deletes pods that nobody else will end: of vanished nodes, never scheduled, or ended long ago. */
export const podGcController: ControllerFactory = ({ context, client, informers }) => {
  const pods = informers.informer(Resource.pods);
  const nodes = informers.informer(Resource.nodes);
  /** Nodes that pods name and that are not there, by when that was first seen. */
  const missingSinceMs = new Map<string, number>();
  let timer: Timer | undefined;
  let running = false;
  let deleted = 0;
  let lastError: string | undefined;

  async function collect(): Promise<void> {
    const now = context.clock.monotonicMs();
    const named = new Set(
      pods
        .list()
        .map((pod) => pod.spec?.nodeName ?? '')
        .filter((name) => name !== ''),
    );
    for (const name of [...missingSinceMs.keys()])
      if (!named.has(name) || nodes.get(name) !== undefined) missingSinceMs.delete(name);
    const gone = new Set<string>();
    for (const name of named) {
      if (nodes.get(name) !== undefined) continue;
      const sinceMs = missingSinceMs.get(name) ?? now;
      missingSinceMs.set(name, sinceMs);
      if (now - sinceMs >= QUARANTINE_MS && (await isGone(name))) gone.add(name);
    }
    for (const pod of pods.list()) {
      if (garbageKind(pod, (name) => !gone.has(name)) !== 'none') await remove(pod);
    }
    for (const pod of excessTerminated(pods.list())) await remove(pod);
    if (running) timer = context.clock.after(PERIOD_MS, () => void collect());
  }

  async function isGone(name: string): Promise<boolean> {
    const live = await client.get(Resource.nodes, { name });
    return !live.ok && isNotFound(live.error);
  }

  async function remove(pod: V1Pod): Promise<void> {
    const result: ApiResult<unknown> = await client.delete(Resource.pods, locationOf(pod), {
      uid: uidOf(pod),
      gracePeriodSeconds: 0,
    });
    if (result.ok) deleted++;
    else if (!isNotFound(result.error)) lastError = result.error.message;
  }

  return {
    name: 'pod-gc',
    start: () => {
      running = true;
      void collect();
    },
    stop: () => {
      running = false;
      timer?.cancel();
    },
    report: () => ({ deleted, missingNodes: missingSinceMs.size, lastError }),
  };
};
