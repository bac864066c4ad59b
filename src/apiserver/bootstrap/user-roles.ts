import type { PolicyRule } from '../authz/authorizer.js';
import { group, pathRule, READ, READ_WRITE, rule, WRITE } from './policy-rule.js';
import type { BootstrapRole } from './policy-rule.js';

const HEALTH_PATHS = '/healthz /livez /readyz /version /version/';
const DISCOVERY_PATHS =
  '/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/';

const VIEW: readonly PolicyRule[] = [
  rule(
    READ,
    'core',
    'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods ' +
      'replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
  ),
  rule(
    READ,
    'core',
    'bindings events limitranges namespaces/status pods/log pods/status ' +
      'replicationcontrollers/status resourcequotas resourcequotas/status',
  ),
  rule(READ, 'core', 'namespaces'),
  rule(READ, 'discovery.k8s.io', 'endpointslices'),
  rule(
    READ,
    'apps',
    'controllerrevisions daemonsets daemonsets/status deployments deployments/scale ' +
      'deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale ' +
      'statefulsets/status',
  ),
  rule(READ, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
  rule(READ, 'batch', 'cronjobs cronjobs/status jobs jobs/status'),
  rule(READ, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
  rule(READ, 'networking.k8s.io', 'ingresses ingresses/status networkpolicies'),
  rule(READ, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates'),
];

const EDIT: readonly PolicyRule[] = [
  rule(READ, 'core', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy'),
  rule('impersonate', 'core', 'serviceaccounts'),
  rule(WRITE, 'core', 'pods pods/attach pods/exec pods/portforward pods/proxy'),
  rule('create', 'core', 'pods/eviction'),
  rule(
    WRITE,
    'core',
    'configmaps events persistentvolumeclaims replicationcontrollers ' +
      'replicationcontrollers/scale secrets serviceaccounts services services/proxy',
  ),
  rule('create', 'core', 'serviceaccounts/token'),
  rule(
    WRITE,
    'apps',
    'daemonsets deployments deployments/rollback deployments/scale replicasets ' +
      'replicasets/scale statefulsets statefulsets/scale',
  ),
  rule(WRITE, 'autoscaling', 'horizontalpodautoscalers'),
  rule(WRITE, 'batch', 'cronjobs jobs'),
  rule(WRITE, 'policy', 'poddisruptionbudgets'),
  rule(WRITE, 'networking.k8s.io', 'ingresses networkpolicies'),
  rule(WRITE, 'resource.k8s.io', 'resourceclaims resourceclaimtemplates'),
  rule(READ_WRITE, 'coordination.k8s.io', 'leases'),
];

const ADMIN: readonly PolicyRule[] = [
  rule('create', 'authorization.k8s.io', 'localsubjectaccessreviews'),
  rule(READ_WRITE, 'rbac.authorization.k8s.io', 'rolebindings roles'),
];

const authenticated = group('system:authenticated');

/**
 * The roles for people. Kubernetes aggregates `edit` from `view`, and `admin` from `edit`, by labels; here they hold the
 * sum from the start, under the same labels.
 */
export const USER_ROLES: readonly BootstrapRole[] = [
  {
    name: 'cluster-admin',
    rules: [rule('*', '*', '*'), pathRule('*', '*')],
    subjects: [group('system:masters')],
  },
  {
    name: 'system:discovery',
    rules: [pathRule('get', DISCOVERY_PATHS)],
    subjects: [authenticated],
  },
  {
    name: 'system:basic-user',
    rules: [
      rule('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
      rule('create', 'authentication.k8s.io', 'selfsubjectreviews'),
    ],
    subjects: [authenticated],
  },
  {
    name: 'system:public-info-viewer',
    rules: [pathRule('get', HEALTH_PATHS)],
    subjects: [authenticated, group('system:unauthenticated')],
  },
  {
    name: 'system:monitoring',
    rules: [
      pathRule(
        'get',
        '/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*',
      ),
    ],
    subjects: [group('system:monitoring')],
  },
  {
    name: 'system:service-account-issuer-discovery',
    rules: [pathRule('get', '/.well-known/openid-configuration /openid/v1/jwks')],
    subjects: [group('system:serviceaccounts')],
  },
  { name: 'admin', rules: [...ADMIN, ...EDIT, ...VIEW], subjects: [] },
  {
    name: 'edit',
    rules: [...EDIT, ...VIEW],
    subjects: [],
    labels: { 'rbac.authorization.k8s.io/aggregate-to-admin': 'true' },
  },
  {
    name: 'view',
    rules: VIEW,
    subjects: [],
    labels: { 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' },
  },
];
