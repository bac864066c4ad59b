// The messages of authentication, authorization, certificates, RBAC and flow control.
// How to read a line: message-table.ts.

/** io.k8s.api.authentication.v1 */
export const AUTHENTICATION_V1 = `
BoundObjectReference kind apiVersion name uid
SelfSubjectReview metadata status
SelfSubjectReviewStatus userInfo
TokenRequest metadata spec status
TokenRequestSpec audiences _ boundObjectRef? expirationSeconds?
TokenRequestStatus token! expirationTimestamp
TokenReview metadata spec status
TokenReviewSpec token audiences
TokenReviewStatus authenticated user error audiences
UserInfo username uid groups extra:{}v
`;

/** io.k8s.api.authorization.v1 */
export const AUTHORIZATION_V1 = `
FieldSelectorAttributes rawSelector requirements
LabelSelectorAttributes rawSelector requirements
LocalSubjectAccessReview metadata spec status
NonResourceAttributes path verb
NonResourceRule verbs nonResourceURLs
ResourceAttributes namespace verb group version resource subresource name fieldSelector?
 labelSelector?
ResourceRule verbs apiGroups resources resourceNames
SelfSubjectAccessReview metadata spec status
SelfSubjectAccessReviewSpec resourceAttributes? nonResourceAttributes?
SelfSubjectRulesReview metadata spec status
SelfSubjectRulesReviewSpec namespace
SubjectAccessReview metadata spec status
SubjectAccessReviewSpec resourceAttributes? nonResourceAttributes? user groups extra:{}v uid
SubjectAccessReviewStatus allowed reason evaluationError denied
SubjectRulesReviewStatus resourceRules nonResourceRules incomplete evaluationError
`;

/** io.k8s.api.certificates.v1 */
export const CERTIFICATES_V1 = `
CertificateSigningRequest metadata spec status
CertificateSigningRequestCondition type reason message lastUpdateTime lastTransitionTime status
CertificateSigningRequestList metadata items
CertificateSigningRequestSpec request username uid groups usages extra:{}v signerName
 expirationSeconds?
CertificateSigningRequestStatus conditions certificate
`;

/** io.k8s.api.certificates.v1alpha1 */
export const CERTIFICATES_V1ALPHA1 = `
ClusterTrustBundle metadata spec
ClusterTrustBundleList metadata items
ClusterTrustBundleSpec signerName trustBundle
`;

/** io.k8s.api.certificates.v1beta1 */
export const CERTIFICATES_V1BETA1 = `
ClusterTrustBundle metadata spec
ClusterTrustBundleList metadata items
ClusterTrustBundleSpec signerName trustBundle
PodCertificateRequest metadata spec status
PodCertificateRequestList metadata items
PodCertificateRequestSpec signerName podName podUID serviceAccountName serviceAccountUID nodeName
 nodeUID maxExpirationSeconds? pkixPublicKey proofOfPossession unverifiedUserAnnotations
 stubPKCS10Request
PodCertificateRequestStatus conditions certificateChain _ notBefore? beginRefreshAt? notAfter?
`;

/** io.k8s.api.rbac.v1 */
export const RBAC_V1 = `
AggregationRule clusterRoleSelectors
ClusterRole metadata rules aggregationRule?
ClusterRoleBinding metadata subjects roleRef
ClusterRoleBindingList metadata items
ClusterRoleList metadata items
PolicyRule verbs apiGroups resources resourceNames nonResourceURLs
Role metadata rules
RoleBinding metadata subjects roleRef
RoleBindingList metadata items
RoleList metadata items
RoleRef apiGroup! kind name
Subject kind apiGroup name namespace
`;

/** io.k8s.api.flowcontrol.v1 */
export const FLOWCONTROL_V1 = `
ExemptPriorityLevelConfiguration nominalConcurrencyShares? lendablePercent?
FlowDistinguisherMethod type
FlowSchema metadata spec status
FlowSchemaCondition type status lastTransitionTime reason message
FlowSchemaList metadata items
FlowSchemaSpec priorityLevelConfiguration matchingPrecedence! distinguisherMethod? rules
FlowSchemaStatus conditions
GroupSubject name
LimitResponse type queuing?
LimitedPriorityLevelConfiguration nominalConcurrencyShares? limitResponse lendablePercent?
 borrowingLimitPercent?
NonResourcePolicyRule verbs _ _ _ _ nonResourceURLs
PolicyRulesWithSubjects subjects resourceRules nonResourceRules
PriorityLevelConfiguration metadata spec status
PriorityLevelConfigurationCondition type status lastTransitionTime reason message
PriorityLevelConfigurationList metadata items
PriorityLevelConfigurationReference name
PriorityLevelConfigurationSpec type limited? exempt?
PriorityLevelConfigurationStatus conditions
QueuingConfiguration queues! handSize! queueLengthLimit!
ResourcePolicyRule verbs apiGroups resources clusterScope namespaces
ServiceAccountSubject namespace name
Subject kind user? group? serviceAccount?
UserSubject name
`;
