import type { PolicyRule } from '../authz/authorizer.js';
import { EVENTS, READ, rule, serviceAccount, userSubject } from './policy-rule.js';
import type { BootstrapRole } from './policy-rule.js';

/**
 * What a kubelet may do. Nobody is bound to it as a role: the node authorizer grants it to each node, and narrows some
 * of it to what belongs to that node.
 */
export const NODE_RULES: readonly PolicyRule[] = [
  rule('create', 'authentication.k8s.io', 'tokenreviews'),
  rule('create', 'authorization.k8s.io', 'localsubjectaccessreviews subjectaccessreviews'),
  rule(READ, 'core', 'services'),
  rule('create get list watch', 'core', 'nodes'),
  rule('patch update', 'core', 'nodes/status'),
  rule('patch update', 'core', 'nodes'),
  rule('create patch update', 'core events.k8s.io', 'events'),
  rule(READ, 'core', 'pods'),
  rule('create delete', 'core', 'pods'),
  rule('patch update', 'core', 'pods/status'),
  rule('create', 'core', 'pods/eviction'),
  rule(READ, 'core', 'configmaps secrets'),
  rule('get', 'core', 'persistentvolumeclaims persistentvolumes'),
  rule('get', 'core', 'endpoints'),
  rule('create delete get patch update', 'coordination.k8s.io', 'leases'),
  rule('create', 'core', 'serviceaccounts/token'),
  rule(READ, 'node.k8s.io', 'runtimeclasses'),
];

const SCHEDULER: readonly PolicyRule[] = [
  EVENTS,
  rule('create list watch', 'coordination.k8s.io', 'leases'),
  rule('get update', 'coordination.k8s.io', 'leases', 'kube-scheduler'),
  rule(READ, 'core', 'nodes'),
  rule('delete get list watch', 'core', 'pods'),
  rule('create', 'core', 'bindings pods/binding'),
  rule('patch update', 'core', 'pods/status'),
  rule(READ, 'core', 'replicationcontrollers services'),
  rule(READ, 'apps', 'replicasets statefulsets'),
  rule(READ, 'policy', 'poddisruptionbudgets'),
  rule(READ, 'core', 'persistentvolumeclaims persistentvolumes'),
  rule(READ, 'core', 'namespaces'),
  rule('create', 'authentication.k8s.io', 'tokenreviews'),
  rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
];

const CONTROLLER_MANAGER: readonly PolicyRule[] = [
  EVENTS,
  rule('create get list update watch', 'coordination.k8s.io', 'leases'),
  rule('create', 'core', 'secrets serviceaccounts'),
  rule('delete', 'core', 'secrets'),
  rule('get', 'core', 'configmaps namespaces secrets serviceaccounts'),
  rule('update', 'core', 'secrets serviceaccounts'),
  rule('create', 'authentication.k8s.io', 'tokenreviews'),
  rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
  rule('list watch', '*', '*'),
  rule('create', 'core', 'serviceaccounts/token'),
];

const NODE_PROXIER: readonly PolicyRule[] = [
  rule('list watch', 'core', 'endpoints services'),
  rule(READ, 'core', 'nodes'),
  EVENTS,
  rule('list watch', 'discovery.k8s.io', 'endpointslices'),
];

/** The roles of the controllers, by the name of each. */
const CONTROLLERS: Readonly<Record<string, readonly PolicyRule[]>> = {
  'cronjob-controller': [
    rule('get list patch update watch', 'batch', 'cronjobs'),
    rule('create delete get list patch update watch', 'batch', 'jobs'),
    rule('update', 'batch', 'cronjobs/status cronjobs/finalizers'),
    rule('delete list', 'core', 'pods'),
    EVENTS,
  ],
  'daemon-set-controller': [
    rule(READ, 'apps', 'daemonsets'),
    rule('update', 'apps', 'daemonsets/status daemonsets/finalizers'),
    rule(READ, 'core', 'nodes'),
    rule('create delete list patch watch', 'core', 'pods'),
    rule('create', 'core', 'pods/binding'),
    rule('create delete get list patch update watch', 'apps', 'controllerrevisions'),
    EVENTS,
  ],
  'deployment-controller': [
    rule('get list update watch', 'apps', 'deployments'),
    rule('update', 'apps', 'deployments/status deployments/finalizers'),
    rule('create delete get list patch update watch', 'apps', 'replicasets'),
    rule('get list update watch', 'core', 'pods'),
    EVENTS,
  ],
  'disruption-controller': [
    rule(READ, 'apps', 'deployments replicasets statefulsets'),
    rule(READ, 'core', 'replicationcontrollers'),
    rule(READ, 'policy', 'poddisruptionbudgets'),
    rule('update', 'policy', 'poddisruptionbudgets/status'),
    rule('patch', 'core', 'pods/status'),
    rule('get', '*', '*/scale'),
    EVENTS,
  ],
  'endpoint-controller': [
    rule(READ, 'core', 'pods services'),
    rule('create delete get list update watch', 'core', 'endpoints'),
    EVENTS,
  ],
  'endpointslice-controller': [
    rule(READ, 'core', 'nodes pods services'),
    rule('update', 'core', 'services/finalizers'),
    rule('create delete get list update watch', 'discovery.k8s.io', 'endpointslices'),
    EVENTS,
  ],
  'endpointslicemirroring-controller': [
    rule(READ, 'core', 'endpoints services'),
    rule('update', 'core', 'endpoints/finalizers services/finalizers'),
    rule('create delete get list update watch', 'discovery.k8s.io', 'endpointslices'),
    EVENTS,
  ],
  'generic-garbage-collector': [rule('delete get list patch update watch', '*', '*'), EVENTS],
  'job-controller': [
    rule('get list patch update watch', 'batch', 'jobs'),
    rule('update', 'batch', 'jobs/status jobs/finalizers'),
    rule('create delete list patch watch', 'core', 'pods'),
    EVENTS,
  ],
  'namespace-controller': [
    rule('delete get list watch', 'core', 'namespaces'),
    rule('update', 'core', 'namespaces/finalize namespaces/status'),
    rule('delete deletecollection get list', '*', '*'),
  ],
  'node-controller': [
    rule('delete get list patch update', 'core', 'nodes'),
    rule('patch update', 'core', 'nodes/status'),
    rule('patch update', 'core', 'pods/status'),
    rule('delete get list', 'core', 'pods'),
    rule(READ, 'coordination.k8s.io', 'leases'),
    EVENTS,
  ],
  'pod-garbage-collector': [
    rule('delete list watch', 'core', 'pods'),
    rule('get list', 'core', 'nodes'),
    rule('patch', 'core', 'pods/status'),
  ],
  'replicaset-controller': [
    rule('get list update watch', 'apps', 'replicasets'),
    rule('update', 'apps', 'replicasets/status replicasets/finalizers'),
    rule('create delete list patch watch', 'core', 'pods'),
    EVENTS,
  ],
  'replication-controller': [
    rule('get list update watch', 'core', 'replicationcontrollers'),
    rule('update', 'core', 'replicationcontrollers/status replicationcontrollers/finalizers'),
    rule('create delete list patch watch', 'core', 'pods'),
    EVENTS,
  ],
  'resourcequota-controller': [
    rule('list watch', '*', '*'),
    rule('update', 'core', 'resourcequotas/status'),
    EVENTS,
  ],
  'root-ca-cert-publisher': [rule('create update', 'core', 'configmaps'), EVENTS],
  'service-account-controller': [rule('create', 'core', 'serviceaccounts'), EVENTS],
  'statefulset-controller': [
    rule('list watch', 'core', 'pods'),
    rule(READ, 'apps', 'statefulsets'),
    rule('update', 'apps', 'statefulsets/status statefulsets/finalizers'),
    rule('create delete get patch update', 'core', 'pods'),
    rule('create delete get list patch update watch', 'apps', 'controllerrevisions'),
    rule('create get', 'core', 'persistentvolumeclaims'),
    EVENTS,
    rule('delete update', 'core', 'persistentvolumeclaims'),
  ],
  'ttl-after-finished-controller': [rule('delete get list watch', 'batch', 'jobs'), EVENTS],
  'ttl-controller': [rule('list patch update watch', 'core', 'nodes'), EVENTS],
};

/**
 * One actor runs all controllers under its own credential. As Kubernetes demands for that (kube-controller-manager
 * without --use-service-account-credentials), it is bound to every controller's role, beside the service account.
 */
function controllerRoles(): BootstrapRole[] {
  return Object.entries(CONTROLLERS).map(([name, rules]) => ({
    name: `system:controller:${name}`,
    rules,
    subjects: [serviceAccount('kube-system', name), userSubject('system:kube-controller-manager')],
  }));
}

export const COMPONENT_ROLES: readonly BootstrapRole[] = [
  { name: 'system:node', rules: NODE_RULES, subjects: [], bound: true },
  {
    name: 'system:kube-scheduler',
    rules: SCHEDULER,
    subjects: [userSubject('system:kube-scheduler')],
  },
  {
    name: 'system:kube-controller-manager',
    rules: CONTROLLER_MANAGER,
    subjects: [userSubject('system:kube-controller-manager')],
  },
  {
    name: 'system:node-proxier',
    rules: NODE_PROXIER,
    subjects: [userSubject('system:kube-proxy')],
  },
  ...controllerRoles(),
];
