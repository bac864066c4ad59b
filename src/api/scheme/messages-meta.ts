// The messages of meta/v1: what every object and request shares.
// How to read a line: message-table.ts.

/** io.k8s.apimachinery.pkg.apis.meta.v1 */
export const META_V1 = `
APIGroup name versions preferredVersion serverAddressByClientCIDRs
APIGroupList groups
APIResource name namespaced kind verbs?:v shortNames singularName categories group version
 storageVersionHash
APIResourceList groupVersion resources
APIVersions versions serverAddressByClientCIDRs
Condition type status observedGeneration lastTransitionTime reason message
CreateOptions dryRun:[]s _ fieldManager:s fieldValidation:s
DeleteOptions gracePeriodSeconds? preconditions? orphanDependents? propagationPolicy? dryRun
 ignoreStoreReadErrorWithClusterBreakingPotential?
FieldSelectorRequirement key operator values
GetOptions resourceVersion:s
GroupResource group resource
GroupVersionForDiscovery groupVersion version
LabelSelector matchLabels matchExpressions
LabelSelectorRequirement key operator values
ListMeta selfLink resourceVersion continue remainingItemCount? shardInfo?
ListOptions labelSelector:s fieldSelector:s watch:b resourceVersion:s timeoutSeconds?:l _ limit:l
 continue:s allowWatchBookmarks:b resourceVersionMatch:s sendInitialEvents?:b _ _ _ shardSelector:s
ManagedFieldsEntry manager operation apiVersion time? _ fieldsType fieldsV1?:f subresource
ObjectMeta name generateName namespace selfLink uid resourceVersion generation creationTimestamp
 deletionTimestamp? deletionGracePeriodSeconds? labels annotations ownerReferences finalizers _ _
 managedFields
OwnerReference kind _ name uid apiVersion controller? blockOwnerDeletion?
PartialObjectMetadata metadata:V1ObjectMeta
PartialObjectMetadataList metadata:V1ListMeta items:[]V1PartialObjectMetadata
PatchOptions dryRun:[]s force?:b fieldManager:s fieldValidation:s
Preconditions uid? resourceVersion?
ServerAddressByClientCIDR clientCIDR serverAddress
ShardInfo selector
Status metadata status message reason details? code
StatusCause reason message field
StatusDetails name group kind causes retryAfterSeconds uid
UpdateOptions dryRun:[]s fieldManager:s fieldValidation:s
WatchEvent type object:r
`;
