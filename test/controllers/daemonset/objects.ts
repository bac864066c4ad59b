import type {
  V1DaemonSet,
  V1DaemonSetSpec,
  V1Node,
  V1Pod,
  V1Taint,
} from '../../../src/api/index.js';
import { daemonPod } from '../../../src/controllers/daemonset/pod.js';
import type { DaemonState } from '../../../src/controllers/daemonset/pods-on-nodes.js';

export const NOW_MS = Date.UTC(2026, 0, 1, 12);
const labels = { app: 'agent' };

export function daemonSet(spec: Partial<V1DaemonSetSpec> = {}): V1DaemonSet {
  return {
    metadata: { name: 'agent', namespace: 'default', uid: 'set', generation: 1 },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'v1' }] } },
      ...spec,
    },
  };
}

export function node(name: string, taints: V1Taint[] = [], nodeLabels = {}): V1Node {
  return { metadata: { name, labels: nodeLabels }, spec: { taints } };
}

/** `NODE/HASH`, and what is special: waiting (not bound), starting, failed, going, ended. */
export function pod(what: string, ...states: string[]): V1Pod {
  const [nodeName = '', hash = ''] = what.split('/');
  const made = daemonPod(daemonSet(), nodeName, hash);
  const is = (state: string): boolean => states.includes(state);
  const phase = is('failed') ? 'Failed' : is('succeeded') ? 'Succeeded' : 'Running';
  const ready = !['failed', 'succeeded', 'starting', 'waiting'].some(is);
  return {
    metadata: {
      ...made.metadata,
      name: [what.replace('/', '-'), ...states].join('-'),
      uid: what + states.join(),
      creationTimestamp: is('young') ? '2026-01-01T11:00:00Z' : '2026-01-01T10:00:00Z',
      ...(is('going') && { deletionTimestamp: '2026-01-01T11:59:00Z' }),
    },
    spec: { ...made.spec, containers: [], ...(!is('waiting') && { nodeName }) },
    status: {
      phase,
      conditions: [
        {
          type: 'Ready',
          status: ready ? 'True' : 'False',
          lastTransitionTime: is('fresh') ? '2026-01-01T11:59:55Z' : '2026-01-01T10:00:10Z',
        },
      ],
    },
  };
}

export function state(set: V1DaemonSet, nodes: string[], pods: V1Pod[]): DaemonState {
  return { set, nodes: nodes.map((name) => node(name)), pods, hash: 'new', wallMs: NOW_MS };
}
