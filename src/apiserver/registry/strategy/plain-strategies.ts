import { fieldElement, setOf } from '../../../api/index.js';
import type { KubernetesObject } from '../../../api/index.js';
import { daemonSets } from './daemon-sets.js';
import { podStrategy } from './pods.js';
import { signingRequests } from './signing-requests.js';
import { apiServices, jobs, persistentVolumes } from './status-strategies.js';
import { resetStatus, withGeneration, withStatus } from './usual.js';
import type { Strategy } from './strategy.js';

const NAMESPACE_FINALIZER = 'kubernetes';

interface Namespace extends KubernetesObject {
  spec?: { finalizers?: string[] };
}

const namespaces: Strategy = {
  prepareForCreate(object: Namespace) {
    const finalizers = object.spec?.finalizers ?? [];
    object.spec = {
      finalizers: finalizers.includes(NAMESPACE_FINALIZER)
        ? finalizers
        : [...finalizers, NAMESPACE_FINALIZER],
    };
    object['status'] = { phase: 'Active' };
  },
  prepareForUpdate(object, old) {
    object['spec'] = old['spec'];
  },
};

/** Deployments count changes of their annotations, too: they tell the controller of rollbacks. */
const deployments: Strategy = {
  generationOf: (object) => [object['spec'], object.metadata?.annotations ?? {}],
  ignoredByStatus: setOf([fieldElement('metadata'), fieldElement('labels')]),
  prepareForCreate: resetStatus,
  prepareForStatusUpdate: keepLabels,
};

/** They have no status: all of an EndpointSlice counts but its metadata, and of that its labels. */
const endpointSlices: Strategy = {
  generationOf: (object) => [
    object['endpoints'],
    object['ports'],
    object['addressType'],
    object.metadata?.labels ?? {},
  ],
};

const secrets: Strategy = {
  prepareForCreate: encodeStringData,
  prepareForUpdate: encodeStringData,
};

const ADMISSION = 'admissionregistration.k8s.io';
const FLOWCONTROL = 'flowcontrol.apiserver.k8s.io';
const NETWORKING = 'networking.k8s.io';
const RBAC = 'rbac.authorization.k8s.io';
const RESOURCE = 'resource.k8s.io';
const STORAGE = 'storage.k8s.io';
const CREATED_ON_UPDATE: Strategy = { createsOnUpdate: true };
const COUNTED = withGeneration();
const COUNTED_WITH_STATUS = withStatus(withGeneration());

/** Those that need nothing but data; services are made where the allocators are (`services.ts`). */
export const PLAIN_STRATEGIES: Readonly<Record<string, Strategy>> = {
  pods: podStrategy,
  namespaces,
  secrets,
  events: { expires: true, createsOnUpdate: true },
  endpoints: CREATED_ON_UPDATE,
  limitranges: CREATED_ON_UPDATE,
  persistentvolumes: persistentVolumes,
  persistentvolumeclaims: withStatus({ returnsDeleted: true }, { phase: 'Pending' }),
  podtemplates: { ...COUNTED, generationOf: (object) => object['template'], returnsDeleted: true },
  replicationcontrollers: { ...COUNTED_WITH_STATUS, orphansByDefault: {} },
  resourcequotas: withStatus({ returnsDeleted: true }),
  serviceaccounts: { returnsDeleted: true },
  'apps/daemonsets': daemonSets,
  'apps/deployments': deployments,
  'apps/replicasets': COUNTED_WITH_STATUS,
  'apps/statefulsets': COUNTED_WITH_STATUS,
  'autoscaling/horizontalpodautoscalers': withStatus(),
  'batch/cronjobs': COUNTED_WITH_STATUS,
  'batch/jobs': jobs,
  'certificates.k8s.io/certificatesigningrequests': signingRequests,
  'coordination.k8s.io/leases': { createsOnUpdate: true, needsResourceVersion: true },
  'discovery.k8s.io/endpointslices': endpointSlices,
  'policy/poddisruptionbudgets': COUNTED_WITH_STATUS,
  'scheduling.k8s.io/priorityclasses': { generationOf: () => undefined },
  'apiregistration.k8s.io/apiservices': apiServices,
  [`${ADMISSION}/mutatingadmissionpolicies`]: COUNTED,
  [`${ADMISSION}/mutatingadmissionpolicybindings`]: COUNTED,
  [`${ADMISSION}/mutatingwebhookconfigurations`]: withGeneration('webhooks'),
  [`${ADMISSION}/validatingadmissionpolicybindings`]: COUNTED,
  [`${ADMISSION}/validatingwebhookconfigurations`]: withGeneration('webhooks'),
  [`${FLOWCONTROL}/flowschemas`]: COUNTED_WITH_STATUS,
  [`${FLOWCONTROL}/prioritylevelconfigurations`]: COUNTED_WITH_STATUS,
  [`${NETWORKING}/ingressclasses`]: COUNTED,
  [`${NETWORKING}/ingresses`]: COUNTED_WITH_STATUS,
  [`${NETWORKING}/networkpolicies`]: COUNTED,
  [`${NETWORKING}/servicecidrs`]: withStatus(),
  [`${RBAC}/clusterroles`]: CREATED_ON_UPDATE,
  [`${RBAC}/clusterrolebindings`]: CREATED_ON_UPDATE,
  [`${RBAC}/roles`]: CREATED_ON_UPDATE,
  [`${RBAC}/rolebindings`]: CREATED_ON_UPDATE,
  [`${RESOURCE}/deviceclasses`]: COUNTED,
  [`${RESOURCE}/resourceclaims`]: withStatus(),
  [`${RESOURCE}/resourceslices`]: COUNTED,
  [`${STORAGE}/volumeattachments`]: withStatus({}, { attached: false }),
};

function keepLabels(object: KubernetesObject, old: KubernetesObject): void {
  if (object.metadata === undefined) return;
  delete object.metadata.labels;
  if (old.metadata?.labels !== undefined) object.metadata.labels = old.metadata.labels;
}

/** `stringData` is for writing only: it overrides `data`, as base64, and is not stored. */
function encodeStringData(object: KubernetesObject): void {
  const plain = object['stringData'] as Record<string, string> | undefined;
  delete object['stringData'];
  if (plain === undefined) return;
  const data = { ...(object['data'] as Record<string, string> | undefined) };
  for (const [name, text] of Object.entries(plain)) data[name] = base64(text);
  object['data'] = data;
}

function base64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
