import type { KubernetesObject } from '../../../api/index.js';
import { locallyAvailable } from '../../bootstrap/api-services.js';
import { timestamp } from '../ports.js';
import type { Strategy } from './strategy.js';

export const persistentVolumes: Strategy = {
  returnsDeleted: true,
  prepareForCreate(object, { clock }) {
    object['status'] = { phase: 'Pending', lastPhaseTransitionTime: timestamp(clock) };
  },
  prepareForStatusUpdate(object: Volume, old: Volume, now) {
    if (object.status === undefined || object.status.phase === old.status?.phase) return;
    // Whoever changes the phase may say when.
    if (object.status.lastPhaseTransitionTime === old.status?.lastPhaseTransitionTime)
      object.status.lastPhaseTransitionTime = now;
  },
};

interface Volume extends KubernetesObject {
  status?: { phase?: string; lastPhaseTransitionTime?: string };
}

interface ApiService extends KubernetesObject {
  spec?: { service?: object };
}

/** One without a service is served here, and available from the start. */
export const apiServices: Strategy = {
  needsResourceVersion: true,
  prepareForCreate(object: ApiService, { clock }) {
    const isLocal = object.spec?.service === undefined;
    object['status'] = isLocal ? { conditions: [locallyAvailable(timestamp(clock))] } : {};
  },
};

interface Job extends KubernetesObject {
  spec?: {
    manualSelector?: boolean;
    selector?: { matchLabels?: Record<string, string> };
    template?: { metadata?: { labels?: Record<string, string> } };
  };
}

const UID_LABEL = 'batch.kubernetes.io/controller-uid';
const NAME_LABEL = 'batch.kubernetes.io/job-name';

/** A job finds its pods by its uid, unless it is told to look for others. */
export const jobs: Strategy = {
  orphansByDefault: {
    warning:
      'child pods are preserved by default when jobs are deleted; ' +
      'set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
  },
  generationOf: (object) => object['spec'],
  prepareForCreate(object: Job) {
    object['status'] = {};
    const { spec, metadata } = object;
    if (spec?.template === undefined || spec.manualSelector === true) return;
    const { uid = '', name = '' } = metadata ?? {};
    const labels = { [UID_LABEL]: uid, [NAME_LABEL]: name };
    spec.template.metadata = {
      ...spec.template.metadata,
      // The two old names of the labels are still set, as users select by them.
      labels: {
        ...spec.template.metadata?.labels,
        ...labels,
        'controller-uid': uid,
        'job-name': name,
      },
    };
    spec.selector ??= {};
    spec.selector.matchLabels = { ...spec.selector.matchLabels, [UID_LABEL]: uid };
  },
};
