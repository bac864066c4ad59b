import type {
  V1ControllerRevision,
  V1PersistentVolumeClaim,
  V1Pod,
  V1StatefulSet,
} from '../../api/index.js';

/** What a StatefulSet's plans are made from. */
export interface StatefulState {
  readonly set: V1StatefulSet;
  /** The pods that it owns. */
  readonly pods: readonly V1Pod[];
  /** That from which the last finished update came. */
  readonly current: V1ControllerRevision;
  /** That of the template as it is now. */
  readonly update: V1ControllerRevision;
  readonly claimOf: (name: string) => V1PersistentVolumeClaim | undefined;
  readonly wallMs: number;
}
