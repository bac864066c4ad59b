import type { Row } from './row.js';
import { ASKED_ONLY, clusterWide, namespaced, READ_WRITE, STATUS } from './row.js';

const AUTHENTICATION = { group: 'authentication.k8s.io', version: 'v1' };
const AUTHORIZATION = { group: 'authorization.k8s.io', version: 'v1' };
const CERTIFICATES = { group: 'certificates.k8s.io', version: 'v1' };
const RBAC = { group: 'rbac.authorization.k8s.io', version: 'v1' };

/** Who one is, and what one may do. */
export const ACCESS_ROWS: readonly Row[] = [
  clusterWide(AUTHENTICATION, 'selfsubjectreviews', 'SelfSubjectReview', ASKED_ONLY),
  clusterWide(AUTHENTICATION, 'tokenreviews', 'TokenReview', ASKED_ONLY),
  namespaced(AUTHORIZATION, 'localsubjectaccessreviews', 'LocalSubjectAccessReview', ASKED_ONLY),
  clusterWide(AUTHORIZATION, 'selfsubjectaccessreviews', 'SelfSubjectAccessReview', ASKED_ONLY),
  clusterWide(AUTHORIZATION, 'selfsubjectrulesreviews', 'SelfSubjectRulesReview', ASKED_ONLY),
  clusterWide(AUTHORIZATION, 'subjectaccessreviews', 'SubjectAccessReview', ASKED_ONLY),
  clusterWide(CERTIFICATES, 'certificatesigningrequests', 'CertificateSigningRequest', {
    shortNames: ['csr'],
    subresources: [{ name: 'approval', verbs: READ_WRITE }, STATUS],
  }),
  clusterWide(RBAC, 'clusterrolebindings', 'ClusterRoleBinding'),
  clusterWide(RBAC, 'clusterroles', 'ClusterRole'),
  namespaced(RBAC, 'rolebindings', 'RoleBinding'),
  namespaced(RBAC, 'roles', 'Role'),
];
