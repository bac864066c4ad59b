import type { BehaviourFactory } from '../actor/index.js';
import type { V1Pod } from '../api/index.js';
import {
  createApiClient,
  createEventRecorder,
  createInformer,
  keyOf,
  referenceTo,
  Resource,
  uidOf,
} from '../client/index.js';
import type { KubeletProtocol } from '../protocol/index.js';
import { admit, type Rejection } from './admit.js';
import type { KubeletConfig, KubeletPorts } from './config.js';
import { serveLogs } from './logs.js';
import { createNodeKeeper } from './node-keeper.js';
import { nodeLedger } from './node-ledger.js';
import { nodeLabels } from './node-object.js';
import { hasEnded } from './pod-plan.js';
import { createPodWorker, type PodWorker } from './pod-worker.js';

/** One node: registers it, runs its pods, tells of them. */
export function kubelet(ports: KubeletPorts): BehaviourFactory<KubeletProtocol, KubeletConfig> {
  return (context, config) => {
    const client = createApiClient(context, { server: config.server });
    const runtime = ports.runtime(context, config);
    const recorder = createEventRecorder(context, client, {
      component: 'kubelet',
      host: config.nodeName,
    });
    const node = createNodeKeeper({ context, client, config, recorder, runtime });
    const pods = createInformer(context, client, Resource.pods, {
      fieldSelector: `spec.nodeName=${config.nodeName}`,
    });
    /** By uid: a pod's successor of the same name is another pod. As many as the API has pods here. */
    const workers = new Map<string, PodWorker>();
    const ledger = nodeLedger(config.capacity);
    const counts = { rejected: 0 };

    function podSeen(pod: V1Pod): void {
      const uid = uidOf(pod);
      if (hasEnded(pod)) ledger.release(uid);
      const worker = workers.get(uid);
      if (worker !== undefined) {
        worker.update(pod);
        return;
      }
      const rejection = isNew(pod) ? rejectionOf(pod) : undefined;
      if (rejection === undefined && !hasEnded(pod)) ledger.take(uid, pod);
      const created = createPodWorker(
        { context, client, runtime, recorder, config },
        pod,
        rejection,
      );
      workers.set(uid, created);
      created.wake();
    }

    function podGone(pod: V1Pod): void {
      const uid = uidOf(pod);
      ledger.release(uid);
      workers.get(uid)?.gone();
      workers.delete(uid);
    }

    function rejectionOf(pod: V1Pod): Rejection | undefined {
      const labels = node.labels() ?? nodeLabels(config);
      const rejection = admit(pod, ledger, { name: config.nodeName, labels });
      if (rejection === undefined) return undefined;
      counts.rejected++;
      recorder.event(
        referenceTo(Resource.pods, pod),
        'Warning',
        rejection.reason,
        rejection.message,
      );
      return rejection;
    }

    return {
      start() {
        runtime.onEvent(({ podUid }) => workers.get(podUid)?.wake());
        pods.addHandler({
          onAdd: podSeen,
          onUpdate: (_old, pod) => {
            podSeen(pod);
          },
          onDelete: podGone,
        });
        pods.start();
        node.start();
      },
      tells: {},
      asks: {},
      streams: {
        logs: (call) => {
          const { namespace, pod: name } = call.request;
          const pod = pods.get(keyOf({ namespace, name }));
          const worker = pod === undefined ? undefined : workers.get(uidOf(pod));
          serveLogs(runtime, worker?.status(), call, context.clock.wallMs());
        },
      },
      report: () => ({
        node: config.nodeName,
        pods: workers.size,
        containers: [...workers.values()].reduce((sum, worker) => sum + worker.containerCount(), 0),
        ...counts,
        informer: pods.report(),
      }),
      stop() {
        node.stop();
        pods.stop();
        for (const worker of workers.values()) worker.close();
      },
    };
  };
}

/** Not yet looked at by any life of this kubelet, and not on its way out. */
function isNew(pod: V1Pod): boolean {
  return (
    pod.status?.startTime === undefined &&
    pod.metadata?.deletionTimestamp === undefined &&
    !hasEnded(pod)
  );
}
