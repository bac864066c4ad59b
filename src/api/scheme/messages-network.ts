// The messages of networking, discovery, coordination, events, node and storage.
// How to read a line: message-table.ts.

/** io.k8s.api.networking.v1 */
export const NETWORKING_V1 = `
HTTPIngressPath path backend pathType?
HTTPIngressRuleValue paths
IPAddress metadata spec
IPAddressList metadata items
IPAddressSpec parentRef?
IPBlock cidr except
Ingress metadata spec status
IngressBackend _ _ resource? service?
IngressClass metadata spec
IngressClassList metadata items
IngressClassParametersReference apiGroup? kind name scope? namespace?
IngressClassSpec controller parameters?
IngressList metadata items
IngressLoadBalancerIngress ip hostname _ ports
IngressLoadBalancerStatus ingress
IngressPortStatus port protocol error?
IngressRule host *IngressRuleValue
*IngressRuleValue http?
IngressServiceBackend name port
IngressSpec defaultBackend? tls rules ingressClassName?
IngressStatus loadBalancer
IngressTLS hosts secretName
NetworkPolicy metadata spec
NetworkPolicyEgressRule ports to
NetworkPolicyIngressRule ports from
NetworkPolicyList metadata items
NetworkPolicyPeer podSelector? namespaceSelector? ipBlock?
NetworkPolicyPort protocol? port? endPort?
NetworkPolicySpec podSelector ingress egress policyTypes
ParentReference group resource namespace name
ServiceBackendPort name number
ServiceCIDR metadata spec status
ServiceCIDRList metadata items
ServiceCIDRSpec cidrs
ServiceCIDRStatus conditions
`;

/** io.k8s.api.networking.v1beta1 */
export const NETWORKING_V1BETA1 = `
IPAddress metadata spec
IPAddressList metadata items
IPAddressSpec parentRef?
*IngressRuleValue http?
ParentReference group resource namespace name
ServiceCIDR metadata spec status
ServiceCIDRList metadata items
ServiceCIDRSpec cidrs
ServiceCIDRStatus conditions
`;

/** io.k8s.api.discovery.v1 */
export const DISCOVERY_V1 = `
Endpoint addresses conditions hostname? targetRef? deprecatedTopology nodeName? zone? hints?
EndpointConditions ready? serving? terminating?
EndpointHints forZones forNodes
EndpointPort name? protocol? port? appProtocol?
EndpointSlice metadata endpoints ports addressType
EndpointSliceList metadata items
ForNode name
ForZone name
`;

/** io.k8s.api.coordination.v1 */
export const COORDINATION_V1 = `
Lease metadata spec
LeaseList metadata items
LeaseSpec holderIdentity? leaseDurationSeconds? acquireTime? renewTime? leaseTransitions? strategy?
 preferredHolder?
`;

/** io.k8s.api.coordination.v1alpha2 */
export const COORDINATION_V1ALPHA2 = `
LeaseCandidate metadata spec
LeaseCandidateList metadata items
LeaseCandidateSpec leaseName pingTime? renewTime? binaryVersion emulationVersion strategy
`;

/** io.k8s.api.coordination.v1beta1 */
export const COORDINATION_V1BETA1 = `
LeaseCandidate metadata spec
LeaseCandidateList metadata items
LeaseCandidateSpec leaseName pingTime? renewTime? binaryVersion emulationVersion strategy
`;

/** io.k8s.api.events.v1 */
export const EVENTS_V1 = `
Event metadata eventTime series? reportingController reportingInstance action reason regarding
 related? note type deprecatedSource deprecatedFirstTimestamp deprecatedLastTimestamp
 deprecatedCount
EventList metadata items
EventSeries count lastObservedTime
`;

/** io.k8s.api.node.v1 */
export const NODE_V1 = `
Overhead podFixed:{}q
RuntimeClass metadata handler overhead? scheduling?
RuntimeClassList metadata items
Scheduling nodeSelector tolerations
`;

/** io.k8s.api.storage.v1 */
export const STORAGE_V1 = `
CSIDriver metadata spec
CSIDriverList metadata items
CSIDriverSpec attachRequired? podInfoOnMount? volumeLifecycleModes storageCapacity? fsGroupPolicy?
 tokenRequests requiresRepublish? seLinuxMount? nodeAllocatableUpdatePeriodSeconds?
 serviceAccountTokenInSecrets? preventPodSchedulingIfMissing?
CSINode metadata spec
CSINodeDriver name nodeID topologyKeys allocatable?
CSINodeList metadata items
CSINodeSpec drivers
CSIStorageCapacity metadata nodeTopology? storageClassName capacity?:q maximumVolumeSize?:q
CSIStorageCapacityList metadata items
StorageClass metadata provisioner parameters reclaimPolicy? mountOptions allowVolumeExpansion?
 volumeBindingMode? allowedTopologies
StorageClassList metadata items
TokenRequest audience expirationSeconds?
VolumeAttachment metadata spec status
VolumeAttachmentList metadata items
VolumeAttachmentSource persistentVolumeName? inlineVolumeSpec?
VolumeAttachmentSpec attacher source nodeName
VolumeAttachmentStatus attached attachmentMetadata attachError? detachError?
VolumeAttributesClass metadata driverName parameters
VolumeAttributesClassList metadata items
VolumeError time message errorCode?
VolumeNodeResources count?
`;

/** io.k8s.api.storage.v1beta1 */
export const STORAGE_V1BETA1 = `
VolumeAttributesClass metadata driverName parameters
VolumeAttributesClassList metadata items
`;
