import type { V1Job, V1JobSpec, V1JobStatus, V1Pod } from '../../../src/api/index.js';
import {
  INDEX_FAILURES_KEY,
  INDEX_KEY,
  TRACKING_FINALIZER,
} from '../../../src/controllers/job/job-pods.js';

export const NOW_MS = Date.UTC(2026, 0, 1, 1);
export const NOW = '2026-01-01T01:00:00Z';

export function job(spec: Partial<V1JobSpec> = {}, status: V1JobStatus = {}): V1Job {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'i' }] } };
  const defaults = { parallelism: 1, backoffLimit: 6, selector: { matchLabels: { job: 'j' } } };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', namespace: 'default', uid: 'job-uid' },
    spec: { ...defaults, template, ...spec },
    status,
  };
}

export interface PodShape {
  readonly phase?: string;
  readonly index?: number;
  readonly failures?: number;
  readonly deleting?: boolean;
  readonly tracked?: boolean;
  readonly exitCode?: number;
  readonly endedSecondsAgo?: number;
  readonly node?: string;
  readonly restarts?: number;
  readonly disrupted?: boolean;
}

export function pod(name: string, shape: PodShape = {}): V1Pod {
  const { phase = 'Running', index, failures, deleting = false, tracked = true } = shape;
  const { exitCode = 1, endedSecondsAgo = 0, node = 'a', restarts = 0, disrupted = false } = shape;
  const at = (secondsAgo: number): string => new Date(NOW_MS - secondsAgo * 1_000).toISOString();
  const terminated = { exitCode, finishedAt: at(endedSecondsAgo) };
  const ended = phase === 'Failed' || phase === 'Succeeded';
  const annotations = {
    ...(index === undefined ? {} : { [INDEX_KEY]: String(index) }),
    ...(failures === undefined ? {} : { [INDEX_FAILURES_KEY]: String(failures) }),
  };
  return {
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      annotations,
      creationTimestamp: at(600),
      ...(tracked ? { finalizers: [TRACKING_FINALIZER] } : {}),
      ...(deleting ? { deletionTimestamp: at(0) } : {}),
    },
    spec: { containers: [], ...(node === '' ? {} : { nodeName: node }) },
    status: {
      phase,
      conditions: disrupted ? [{ type: 'DisruptionTarget', status: 'True' }] : [],
      containerStatuses: [
        {
          name: 'main',
          image: 'i',
          imageID: '',
          ready: false,
          restartCount: restarts,
          state: ended ? { terminated } : {},
        },
      ],
    },
  };
}
