import type { KubernetesObject } from '../../api/index.js';
import type { PolicyRule } from '../authz/authorizer.js';
import type { Subject } from '../authz/rbac.js';

/** A role and whom it is bound to from the start. */
export interface BootstrapRole {
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  readonly subjects: readonly Subject[];
  readonly labels?: Readonly<Record<string, string>>;
  /** A bound role without subjects still has its binding (`system:node`). */
  readonly bound?: boolean;
}

export const READ = 'get list watch';
export const READ_WRITE = 'create delete deletecollection get list patch update watch';
export const WRITE = 'create delete deletecollection patch update';

/** `rule('get list', 'apps', 'deployments replicasets')`: words apart by blanks; `core` is the group without a name. */
export function rule(
  verbs: string,
  groups: string,
  resources: string,
  resourceNames?: string,
): PolicyRule {
  return {
    verbs: verbs.split(' '),
    apiGroups: groups.split(' ').map((group) => (group === 'core' ? '' : group)),
    resources: resources.split(' '),
    ...(resourceNames === undefined ? {} : { resourceNames: resourceNames.split(' ') }),
  };
}

export function pathRule(verbs: string, urls: string): PolicyRule {
  return { verbs: verbs.split(' '), nonResourceURLs: urls.split(' ') };
}

export const EVENTS = rule('create patch update', 'core events.k8s.io', 'events');

export function group(name: string): Subject {
  return { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name };
}

export function userSubject(name: string): Subject {
  return { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name };
}

export function serviceAccount(namespace: string, name: string): Subject {
  return { kind: 'ServiceAccount', name, namespace };
}

const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
/** kube-apiserver's mark: the role may be brought up to date by a later version. */
const ANNOTATIONS = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };

export function clusterRole(role: BootstrapRole): KubernetesObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: role.name, labels: { ...LABELS, ...role.labels }, annotations: ANNOTATIONS },
    rules: role.rules,
  };
}

/** Undefined where the role is bound to nobody. */
export function clusterRoleBinding(role: BootstrapRole): KubernetesObject | undefined {
  if (role.subjects.length === 0 && role.bound !== true) return undefined;
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: role.name, labels: LABELS, annotations: ANNOTATIONS },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role.name },
    ...(role.subjects.length === 0 ? {} : { subjects: role.subjects }),
  };
}
