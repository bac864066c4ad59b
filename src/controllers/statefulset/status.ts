import type { V1Pod, V1StatefulSet, V1StatefulSetStatus } from '../../api/index.js';
import { isPodReady, untilAvailableMs } from '../pod-state.js';
import { ordinalOf, revisionOf } from './identity.js';
import { isTerminating } from './replica.js';

/** The names of the revisions, and what the status cannot tell from the pods. */
export interface Observed {
  readonly currentRevision: string;
  readonly updateRevision: string;
  readonly collisionCount: number;
  /** Pods that give way to the update in this round: they are no longer counted as current. */
  readonly leaving: readonly V1Pod[];
}

/** The status that the pods justify. Counts of 0 are absent where the API leaves them out. */
export function statefulSetStatus(
  set: V1StatefulSet,
  pods: readonly V1Pod[],
  observed: Observed,
  wallMs: number,
): V1StatefulSetStatus {
  const own = pods.filter(
    (pod) => ordinalOf(set, pod) !== undefined && (pod.status?.phase ?? '') !== '',
  );
  const ready = own.filter((pod) => pod.status?.phase === 'Running' && isPodReady(pod));
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const living = own.filter((pod) => !isTerminating(pod));
  const { updateRevision, leaving } = observed;
  const updatedReplicas = living.filter((pod) => revisionOf(pod) === updateRevision).length;
  const wanted = set.spec?.replicas ?? 1;
  const complete =
    set.spec?.updateStrategy?.type !== 'OnDelete' &&
    [updatedReplicas, ready.length, own.length].every((count) => count === wanted);
  const currentRevision = complete ? updateRevision : observed.currentRevision;
  const currentReplicas = living.filter(
    (pod) => revisionOf(pod) === currentRevision && !leaving.includes(pod),
  ).length;
  const optional = {
    readyReplicas: ready.length,
    currentReplicas,
    updatedReplicas,
    observedGeneration: set.metadata?.generation ?? 0,
  };
  const conditions = set.status?.conditions;
  return {
    ...Object.fromEntries(Object.entries(optional).filter(([, count]) => count !== 0)),
    replicas: own.length,
    availableReplicas: ready.filter((pod) => untilAvailableMs(pod, minReadySeconds, wallMs) === 0)
      .length,
    ...(currentRevision !== '' && { currentRevision }),
    ...(updateRevision !== '' && { updateRevision }),
    collisionCount: observed.collisionCount,
    ...(conditions !== undefined && { conditions }),
  };
}
