import type { BehaviourFactory } from '../actor/index.js';
import type { V1Pod } from '../api/index.js';
import { createApiClient, createEventRecorder, createInformer, locationOf, referenceTo, Resource, timestamp, uidOf } from '../client/index.js';
import type { KubeletProtocol } from '../protocol/index.js';
import { admit } from './admit.js';
import type { KubeletConfig, KubeletPorts } from './config.js';
import { serveLogs } from './logs.js';
import { createNodeKeeper } from './node-keeper.js';
import { hasEnded } from './pod-plan.js';
import { createPodWorker, type PodWorker } from './pod-worker.js';

/** One node: registers it, runs its pods, tells of them. */
export function kubelet(ports: KubeletPorts): BehaviourFactory<KubeletProtocol, KubeletConfig> {
  return (context, config) => {
    const client = createApiClient(context, { server: config.server });
    const runtime = ports.runtime(context, config);
    const recorder = createEventRecorder(context, client, { component: 'kubelet', host: config.nodeName });
    const node = createNodeKeeper(context, client, config, runtime);
    const pods = createInformer(context, client, Resource.pods, { fieldSelector: `spec.nodeName=${config.nodeName}` });
    /** By uid: a pod's successor of the same name is another pod. */
    const workers = new Map<string, PodWorker>();
    const admitted = new Map<string, V1Pod>();
    const counts = { rejected: 0 };

    function podSeen(pod: V1Pod): void {
      const uid = uidOf(pod);
      const worker = workers.get(uid);
      if (worker !== undefined) {
        admitted.set(uid, pod);
        worker.update(pod);
        return;
      }
      if (isNew(pod) && !fits(pod)) return;
      admitted.set(uid, pod);
      const created = createPodWorker({ context, client, runtime, recorder, config }, pod);
      workers.set(uid, created);
      created.wake();
    }

    function podGone(pod: V1Pod): void {
      const uid = uidOf(pod);
      admitted.delete(uid);
      const worker = workers.get(uid);
      workers.delete(uid);
      void worker?.gone();
    }

    /** True, or the pod is told that it is rejected. */
    function fits(pod: V1Pod): boolean {
      const others = [...admitted.values()].filter((other) => !hasEnded(other));
      const rejection = admit(pod, others, config.capacity);
      if (rejection === undefined) return true;
      counts.rejected++;
      const { reason, message } = rejection;
      recorder.event(referenceTo(Resource.pods, pod), 'Warning', reason, message);
      const status = { phase: 'Failed', reason, message, startTime: timestamp(context.clock.wallMs()) };
      void client.patch(Resource.pods, locationOf(pod), { status }, { subresource: 'status' });
      return false;
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
          serveLogs(runtime, call, context.clock.wallMs());
        },
      },
      report: () => ({
        node: config.nodeName,
        pods: workers.size,
        containers: runtime.list().reduce((sum, sandbox) => sum + sandbox.containers.length, 0),
        ...counts,
        informer: pods.report(),
      }),
      stop() {
        node.stop();
        pods.stop();
      },
    };
  };
}

/** Not yet looked at by any life of this kubelet, and not on its way out. */
function isNew(pod: V1Pod): boolean {
  return pod.status?.startTime === undefined && pod.metadata?.deletionTimestamp === undefined && !hasEnded(pod);
}
