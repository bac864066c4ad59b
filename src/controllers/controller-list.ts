import type { ControllerFactory } from './controller.js';
import { cronJobController } from './cronjob/controller.js';
import { daemonSetController } from './daemonset/controller.js';
import { deploymentController } from './deployment/controller.js';
import { disruptionController } from './disruption/controller.js';
import { electionEvents } from './elections/controller.js';
import { endpointSliceController } from './endpointslice/controller.js';
import { endpointSliceMirroringController } from './endpointslicemirroring/controller.js';
import { garbageCollector } from './garbage-collector/controller.js';
import { jobController } from './job/controller.js';
import { namespaceController } from './namespace/controller.js';
import { nodeLifecycleController } from './node-lifecycle/controller.js';
import { podGcController } from './pod-gc/controller.js';
import { replicaSetController, replicationController } from './replicaset/controller.js';
import { resourceQuotaController } from './resourcequota/controller.js';
import { serviceAccountController } from './serviceaccount/controller.js';
import { statefulSetController } from './statefulset/controller.js';
import { ttlAfterFinishedController } from './ttl-after-finished/controller.js';

/** Every controller of the controller manager. */
export const CONTROLLERS: readonly ControllerFactory[] = [
  deploymentController,
  replicaSetController,
  replicationController,
  daemonSetController,
  statefulSetController,
  jobController,
  cronJobController,
  ttlAfterFinishedController,
  endpointSliceController,
  endpointSliceMirroringController,
  namespaceController,
  garbageCollector,
  nodeLifecycleController,
  podGcController,
  serviceAccountController,
  resourceQuotaController,
  disruptionController,
  electionEvents,
];
