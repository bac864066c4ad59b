import type { V1Pod, V1StatefulSet, V1StatefulSetSpec } from '../../../src/api/index.js';
import { templatePatch } from '../../../src/controllers/history/revisions.js';
import { statefulPod } from '../../../src/controllers/statefulset/pod.js';
import type { StatefulState } from '../../../src/controllers/statefulset/state.js';

export const NOW_MS = Date.UTC(2026, 0, 1, 12);
const labels = { app: 'db' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'v1' }] } };
export const OLD = { metadata: { name: 'old' }, revision: 1, data: templatePatch(template) };
export const NEW = { metadata: { name: 'new' }, revision: 2, data: templatePatch(template) };

export function statefulSet(
  replicas: number,
  spec: Partial<V1StatefulSetSpec> = {},
): V1StatefulSet {
  return {
    metadata: { name: 'db', namespace: 'default', uid: 'set', generation: 1 },
    spec: {
      replicas,
      serviceName: 'db',
      selector: { matchLabels: labels },
      template,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      ...spec,
    },
  };
}

/** `ORDINAL` or `ORDINAL/REVISION`, and what is special: pending, starting, fresh, failed, going. */
export function pod(what: string, ...states: string[]): V1Pod {
  const [ordinal = '', revision = 'new'] = what.split('/');
  const made = statefulPod(statefulSet(1), Number(ordinal), template, revision);
  const is = (state: string): boolean => states.includes(state);
  const phase = is('failed') ? 'Failed' : is('pending') ? 'Pending' : 'Running';
  const ready = !['failed', 'starting', 'pending'].some(is);
  return {
    ...made,
    metadata: {
      ...made.metadata,
      uid: `pod-${ordinal}`,
      ...(is('going') && { deletionTimestamp: '2026-01-01T11:59:00Z' }),
    },
    status: {
      phase,
      conditions: [
        {
          type: 'Ready',
          status: ready ? 'True' : 'False',
          lastTransitionTime: is('fresh') ? '2026-01-01T11:59:55Z' : '2026-01-01T10:00:00Z',
        },
      ],
    },
  };
}

export function state(set: V1StatefulSet, pods: V1Pod[]): StatefulState {
  return { set, pods, current: OLD, update: NEW, claimOf: () => undefined, wallMs: NOW_MS };
}
