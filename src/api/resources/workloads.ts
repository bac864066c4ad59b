import { AUTOSCALER_V1 } from '../versions/index.js';
import type { Row } from './row.js';
import { clusterWide, IN_ALL, namespaced, SCALE, STATUS } from './row.js';

const APPS = { group: 'apps', version: 'v1' };
const AUTOSCALING = { group: 'autoscaling', version: 'v2' };
const AUTOSCALING_V1 = { group: 'autoscaling', version: 'v1' };
const BATCH = { group: 'batch', version: 'v1' };
const POLICY = { group: 'policy', version: 'v1' };
const SCHEDULING = { group: 'scheduling.k8s.io', version: 'v1' };

/** What runs pods, and what says how many, where, and how many may be away. */
export const WORKLOAD_ROWS: readonly Row[] = [
  namespaced(APPS, 'controllerrevisions', 'ControllerRevision'),
  namespaced(APPS, 'daemonsets', 'DaemonSet', {
    ...IN_ALL,
    shortNames: ['ds'],
    subresources: [STATUS],
  }),
  namespaced(APPS, 'deployments', 'Deployment', {
    ...IN_ALL,
    shortNames: ['deploy'],
    subresources: [SCALE, STATUS],
  }),
  namespaced(APPS, 'replicasets', 'ReplicaSet', {
    ...IN_ALL,
    shortNames: ['rs'],
    subresources: [SCALE, STATUS],
  }),
  namespaced(APPS, 'statefulsets', 'StatefulSet', {
    ...IN_ALL,
    shortNames: ['sts'],
    subresources: [SCALE, STATUS],
  }),
  namespaced(AUTOSCALING, 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    ...IN_ALL,
    shortNames: ['hpa'],
    subresources: [STATUS],
  }),
  namespaced(AUTOSCALING_V1, 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    ...IN_ALL,
    shortNames: ['hpa'],
    subresources: [STATUS],
    storedAs: AUTOSCALER_V1,
  }),
  namespaced(BATCH, 'cronjobs', 'CronJob', {
    ...IN_ALL,
    shortNames: ['cj'],
    subresources: [STATUS],
  }),
  namespaced(BATCH, 'jobs', 'Job', { ...IN_ALL, subresources: [STATUS] }),
  namespaced(POLICY, 'poddisruptionbudgets', 'PodDisruptionBudget', {
    shortNames: ['pdb'],
    subresources: [STATUS],
  }),
  clusterWide(SCHEDULING, 'priorityclasses', 'PriorityClass', { shortNames: ['pc'] }),
];
