// The messages of admission registration, CustomResourceDefinitions, aggregation and storage migration.
// How to read a line: message-table.ts.

/** io.k8s.api.admissionregistration.v1 */
export const ADMISSIONREGISTRATION_V1 = `
ApplyConfiguration expression
AuditAnnotation key valueExpression
ExpressionWarning _ fieldRef warning
JSONPatch expression
MatchCondition name expression
MatchResources namespaceSelector? objectSelector? resourceRules excludeResourceRules _ _
 matchPolicy?
MutatingAdmissionPolicy metadata spec
MutatingAdmissionPolicyBinding metadata spec
MutatingAdmissionPolicyBindingList metadata items
MutatingAdmissionPolicyBindingSpec policyName paramRef? matchResources?
MutatingAdmissionPolicyList metadata items
MutatingAdmissionPolicySpec paramKind? matchConstraints? variables mutations failurePolicy?
 matchConditions reinvocationPolicy
MutatingWebhook name clientConfig rules failurePolicy? namespaceSelector? sideEffects?
 timeoutSeconds? admissionReviewVersions matchPolicy? reinvocationPolicy? objectSelector?
 matchConditions
MutatingWebhookConfiguration metadata webhooks
MutatingWebhookConfigurationList metadata items
Mutation _ patchType applyConfiguration? jsonPatch?
NamedRuleWithOperations resourceNames *RuleWithOperations
ParamKind apiVersion kind
ParamRef name namespace selector? parameterNotFoundAction?
*Rule apiGroups apiVersions resources scope?
RuleWithOperations operations *Rule
ServiceReference namespace name path? port?
TypeChecking expressionWarnings
ValidatingAdmissionPolicy metadata spec status
ValidatingAdmissionPolicyBinding metadata spec
ValidatingAdmissionPolicyBindingList metadata items
ValidatingAdmissionPolicyBindingSpec policyName paramRef? matchResources? validationActions
ValidatingAdmissionPolicyList metadata items
ValidatingAdmissionPolicySpec paramKind? matchConstraints? validations failurePolicy?
 auditAnnotations matchConditions variables
ValidatingAdmissionPolicyStatus observedGeneration typeChecking? conditions
ValidatingWebhook name clientConfig rules failurePolicy? namespaceSelector? sideEffects?
 timeoutSeconds? admissionReviewVersions matchPolicy? objectSelector? matchConditions
ValidatingWebhookConfiguration metadata webhooks
ValidatingWebhookConfigurationList metadata items
Validation expression message reason? messageExpression
Variable name expression
WebhookClientConfig service? caBundle url?
`;

/** io.k8s.api.admissionregistration.v1alpha1 */
export const ADMISSIONREGISTRATION_V1ALPHA1 = `
ApplyConfiguration expression
JSONPatch expression
MatchCondition name expression
MatchResources namespaceSelector? objectSelector? resourceRules excludeResourceRules _ _
 matchPolicy?
MutatingAdmissionPolicy metadata spec
MutatingAdmissionPolicyBinding metadata spec
MutatingAdmissionPolicyBindingList metadata items
MutatingAdmissionPolicyBindingSpec policyName paramRef? matchResources?
MutatingAdmissionPolicyList metadata items
MutatingAdmissionPolicySpec paramKind? matchConstraints? variables mutations failurePolicy?
 matchConditions reinvocationPolicy
Mutation _ patchType applyConfiguration? jsonPatch?
NamedRuleWithOperations resourceNames *RuleWithOperations
ParamKind apiVersion kind
ParamRef name namespace selector? parameterNotFoundAction?
Variable name expression
`;

/** io.k8s.api.admissionregistration.v1beta1 */
export const ADMISSIONREGISTRATION_V1BETA1 = `
ApplyConfiguration expression
JSONPatch expression
MatchCondition name expression
MatchResources namespaceSelector? objectSelector? resourceRules excludeResourceRules _ _
 matchPolicy?
MutatingAdmissionPolicy metadata spec
MutatingAdmissionPolicyBinding metadata spec
MutatingAdmissionPolicyBindingList metadata items
MutatingAdmissionPolicyBindingSpec policyName paramRef? matchResources?
MutatingAdmissionPolicyList metadata items
MutatingAdmissionPolicySpec paramKind? matchConstraints? variables mutations failurePolicy?
 matchConditions reinvocationPolicy
Mutation _ patchType applyConfiguration? jsonPatch?
NamedRuleWithOperations resourceNames *RuleWithOperations
ParamKind apiVersion kind
ParamRef name namespace selector? parameterNotFoundAction?
Variable name expression
`;

/** io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1 */
export const APIEXTENSIONS_V1 = `
CustomResourceColumnDefinition name type format description priority jsonPath
CustomResourceConversion strategy webhook?
CustomResourceDefinition metadata spec status
CustomResourceDefinitionCondition type status lastTransitionTime reason message observedGeneration
CustomResourceDefinitionList metadata items
CustomResourceDefinitionNames plural singular shortNames kind listKind categories
CustomResourceDefinitionSpec group _ names scope _ _ versions _ conversion? preserveUnknownFields
CustomResourceDefinitionStatus conditions acceptedNames storedVersions observedGeneration
CustomResourceDefinitionVersion name served storage schema? subresources? additionalPrinterColumns
 deprecated deprecationWarning? selectableFields
CustomResourceSubresourceScale specReplicasPath statusReplicasPath labelSelectorPath?
CustomResourceSubresources status?:e scale?
CustomResourceValidation openAPIV3Schema?
ExternalDocumentation description url
JSONSchemaProps id $schema $ref? description type format title default?:j maximum? exclusiveMaximum
 minimum? exclusiveMinimum maxLength? minLength? pattern maxItems? minItems? uniqueItems multipleOf?
 enum:[]j maxProperties? minProperties? required items?:A allOf oneOf anyOf not? properties
 additionalProperties?:B patternProperties dependencies:{}P additionalItems?:B definitions
 externalDocs? example?:j nullable x-kubernetes-preserve-unknown-fields?
 x-kubernetes-embedded-resource x-kubernetes-int-or-string x-kubernetes-list-map-keys
 x-kubernetes-list-type? x-kubernetes-map-type? x-kubernetes-validations
SelectableField jsonPath
ServiceReference namespace name path? port?
ValidationRule rule message messageExpression reason? fieldPath optionalOldSelf?
WebhookClientConfig service? caBundle url?
WebhookConversion _ clientConfig? conversionReviewVersions
`;

/** io.k8s.kube-aggregator.pkg.apis.apiregistration.v1 */
export const APIREGISTRATION_V1 = `
APIService metadata spec status
APIServiceCondition type status lastTransitionTime reason message
APIServiceList metadata items
APIServiceSpec service? group version insecureSkipTLSVerify caBundle _ groupPriorityMinimum
 versionPriority
APIServiceStatus conditions
ServiceReference namespace name port?
`;

/** io.k8s.api.apiserverinternal.v1alpha1 */
export const APISERVERINTERNAL_V1ALPHA1 = `
ServerStorageVersion apiServerID encodingVersion decodableVersions servedVersions
StorageVersion metadata spec:e status
StorageVersionCondition type status observedGeneration lastTransitionTime reason message
StorageVersionList metadata items
StorageVersionStatus storageVersions commonEncodingVersion? conditions
`;

/** io.k8s.api.storagemigration.v1beta1 */
export const STORAGEMIGRATION_V1BETA1 = `
StorageVersionMigration metadata spec status
StorageVersionMigrationList metadata items
StorageVersionMigrationSpec resource
StorageVersionMigrationStatus conditions resourceVersion
`;
