import type { Row, SubresourceRow } from './row.js';
import { ASKED_ONLY, clusterWide, IN_ALL, namespaced, NO_COLLECTION_DELETE } from './row.js';
import { READ_WRITE, SCALE, STATUS } from './row.js';

/** WebSocket begins with a GET, SPDY with a POST. */
const STREAM = ['create', 'get'] as const;

/** Whatever a client asks is passed on, by any method. */
function proxy(kind: string): SubresourceRow {
  return {
    name: 'proxy',
    kind,
    verbs: ['create', 'delete', 'get', 'patch', 'update'],
    model: '',
  };
}

const CORE = { group: '', version: 'v1' };

export const CORE_ROWS: readonly Row[] = [
  namespaced(CORE, 'bindings', 'Binding', ASKED_ONLY),
  namespaced(CORE, 'configmaps', 'ConfigMap', { shortNames: ['cm'] }),
  namespaced(CORE, 'endpoints', 'Endpoints', {
    singular: 'endpoints',
    shortNames: ['ep'],
    storagePrefix: '/registry/services/endpoints',
  }),
  namespaced(CORE, 'events', 'Event', { shortNames: ['ev'], model: 'CoreV1Event' }),
  namespaced(CORE, 'limitranges', 'LimitRange', { shortNames: ['limits'] }),
  clusterWide(CORE, 'namespaces', 'Namespace', {
    shortNames: ['ns'],
    verbs: NO_COLLECTION_DELETE,
    subresources: [{ name: 'finalize', verbs: ['update'] }, STATUS],
  }),
  clusterWide(CORE, 'nodes', 'Node', {
    shortNames: ['no'],
    subresources: [proxy('NodeProxyOptions'), STATUS],
    storagePrefix: '/registry/minions',
  }),
  namespaced(CORE, 'persistentvolumeclaims', 'PersistentVolumeClaim', {
    shortNames: ['pvc'],
    subresources: [STATUS],
  }),
  clusterWide(CORE, 'persistentvolumes', 'PersistentVolume', {
    shortNames: ['pv'],
    subresources: [STATUS],
  }),
  namespaced(CORE, 'pods', 'Pod', {
    ...IN_ALL,
    shortNames: ['po'],
    subresources: [
      { name: 'attach', kind: 'PodAttachOptions', verbs: STREAM, model: '' },
      { name: 'binding', kind: 'Binding', verbs: ['create'] },
      { name: 'ephemeralcontainers', verbs: READ_WRITE },
      { name: 'eviction', group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
      { name: 'exec', kind: 'PodExecOptions', verbs: STREAM, model: '' },
      { name: 'log', verbs: ['get'] },
      { name: 'portforward', kind: 'PodPortForwardOptions', verbs: STREAM, model: '' },
      proxy('PodProxyOptions'),
      { name: 'resize', verbs: READ_WRITE },
      STATUS,
    ],
  }),
  namespaced(CORE, 'podtemplates', 'PodTemplate'),
  namespaced(CORE, 'replicationcontrollers', 'ReplicationController', {
    ...IN_ALL,
    shortNames: ['rc'],
    subresources: [SCALE, STATUS],
    storagePrefix: '/registry/controllers',
  }),
  namespaced(CORE, 'resourcequotas', 'ResourceQuota', {
    shortNames: ['quota'],
    subresources: [STATUS],
  }),
  namespaced(CORE, 'secrets', 'Secret'),
  namespaced(CORE, 'serviceaccounts', 'ServiceAccount', {
    shortNames: ['sa'],
    subresources: [
      {
        name: 'token',
        group: 'authentication.k8s.io',
        version: 'v1',
        kind: 'TokenRequest',
        model: 'AuthenticationV1TokenRequest',
        verbs: ['create'],
      },
    ],
  }),
  namespaced(CORE, 'services', 'Service', {
    ...IN_ALL,
    shortNames: ['svc'],
    subresources: [proxy('ServiceProxyOptions'), STATUS],
    storagePrefix: '/registry/services/specs',
  }),
];
