// The messages of dynamic resource allocation.
// How to read a line: message-table.ts.

/** io.k8s.api.resource.v1 */
export const RESOURCE_V1 = `
AllocatedDeviceStatus driver pool device conditions data?:r networkData? shareID?
AllocationResult devices _ nodeSelector? _ allocationTimestamp?
CELDeviceSelector expression
CapacityRequestPolicy default?:q _ validValues:[]q validRange?
CapacityRequestPolicyRange min?:q max?:q step?:q
CapacityRequirements requests:{}q
Counter value:q
CounterSet name counters
Device name attributes capacity consumesCounters nodeName? nodeSelector? allNodes? taints
 bindsToNode? bindingConditions bindingFailureConditions allowMultipleAllocations?
 nodeAllocatableResourceMappings
DeviceAllocationConfiguration source requests *DeviceConfiguration
DeviceAllocationResult results config
DeviceAttribute _ int? bool? string? version? ints bools strings versions
DeviceCapacity value:q requestPolicy?
DeviceClaim requests constraints config
DeviceClaimConfiguration requests *DeviceConfiguration
DeviceClass metadata spec
DeviceClassConfiguration *DeviceConfiguration
DeviceClassList metadata items
DeviceClassSpec selectors config _ extendedResourceName?
*DeviceConfiguration opaque?
DeviceConstraint requests matchAttribute? distinctAttribute?
DeviceCounterConsumption counterSet counters
DeviceRequest name exactly? firstAvailable
DeviceRequestAllocationResult request driver pool device adminAccess? tolerations bindingConditions
 bindingFailureConditions shareID? consumedCapacity:{}q
DeviceSelector cel?
DeviceSubRequest name deviceClassName selectors allocationMode count tolerations capacity?
DeviceTaint key value effect timeAdded?
DeviceToleration key operator value effect tolerationSeconds?
ExactDeviceRequest deviceClassName selectors allocationMode count adminAccess? tolerations capacity?
NetworkDeviceData interfaceName ips hardwareAddress
NodeAllocatableResourceMapping capacityKey? allocationMultiplier?:q
OpaqueDeviceConfiguration driver parameters:r
ResourceClaim metadata spec status
ResourceClaimConsumerReference apiGroup _ resource name uid
ResourceClaimList metadata items
ResourceClaimSpec devices
ResourceClaimStatus allocation? reservedFor _ devices
ResourceClaimTemplate metadata spec
ResourceClaimTemplateList metadata items
ResourceClaimTemplateSpec metadata spec
ResourcePool name generation resourceSliceCount
ResourceSlice metadata spec
ResourceSliceList metadata items
ResourceSliceSpec driver pool nodeName? nodeSelector? allNodes? devices perDeviceNodeSelection?
 sharedCounters
`;

/** io.k8s.api.resource.v1alpha3 */
export const RESOURCE_V1ALPHA3 = `
DeviceTaint key value effect timeAdded?
DeviceTaintRule metadata spec status
DeviceTaintRuleList metadata items
DeviceTaintRuleSpec deviceSelector? taint
DeviceTaintRuleStatus conditions
DeviceTaintSelector _ driver? pool? device?
PoolStatus driver poolName nodeName? totalDevices? allocatedDevices? availableDevices?
 unavailableDevices? resourceSliceCount? generation validationError?
ResourcePoolStatusRequest metadata spec status?
ResourcePoolStatusRequestList metadata items
ResourcePoolStatusRequestSpec driver poolName? limit?
ResourcePoolStatusRequestStatus _ pools conditions _ _ poolCount?
`;

/** io.k8s.api.resource.v1beta1 */
export const RESOURCE_V1BETA1 = `
AllocatedDeviceStatus driver pool device conditions data?:r networkData? shareID?
AllocationResult devices _ nodeSelector? _ allocationTimestamp?
BasicDevice attributes capacity consumesCounters nodeName? nodeSelector? allNodes? taints
 bindsToNode? bindingConditions bindingFailureConditions allowMultipleAllocations?
 nodeAllocatableResourceMappings
CELDeviceSelector expression
CapacityRequestPolicy default?:q _ validValues:[]q validRange?
CapacityRequestPolicyRange min?:q max?:q step?:q
CapacityRequirements requests:{}q
Counter value:q
CounterSet name counters
Device name basic?
DeviceAllocationConfiguration source requests *DeviceConfiguration
DeviceAllocationResult results config
DeviceAttribute _ int? bool? string? version? ints bools strings versions
DeviceCapacity value:q requestPolicy?
DeviceClaim requests constraints config
DeviceClaimConfiguration requests *DeviceConfiguration
DeviceClass metadata spec
DeviceClassConfiguration *DeviceConfiguration
DeviceClassList metadata items
DeviceClassSpec selectors config _ extendedResourceName?
*DeviceConfiguration opaque?
DeviceConstraint requests matchAttribute? distinctAttribute?
DeviceCounterConsumption counterSet counters
DeviceRequest name deviceClassName! selectors allocationMode count adminAccess? firstAvailable
 tolerations capacity?
DeviceRequestAllocationResult request driver pool device adminAccess? tolerations bindingConditions
 bindingFailureConditions shareID? consumedCapacity:{}q
DeviceSelector cel?
DeviceSubRequest name deviceClassName selectors allocationMode count _ tolerations capacity?
DeviceTaint key value effect timeAdded?
DeviceToleration key operator value effect tolerationSeconds?
NetworkDeviceData interfaceName ips hardwareAddress
NodeAllocatableResourceMapping capacityKey? allocationMultiplier?:q
OpaqueDeviceConfiguration driver parameters:r
ResourceClaim metadata spec status
ResourceClaimConsumerReference apiGroup _ resource name uid
ResourceClaimList metadata items
ResourceClaimSpec devices
ResourceClaimStatus allocation? reservedFor _ devices
ResourceClaimTemplate metadata spec
ResourceClaimTemplateList metadata items
ResourceClaimTemplateSpec metadata spec
ResourcePool name generation resourceSliceCount
ResourceSlice metadata spec
ResourceSliceList metadata items
ResourceSliceSpec driver pool nodeName nodeSelector? allNodes devices perDeviceNodeSelection?
 sharedCounters
`;

/** io.k8s.api.resource.v1beta2 */
export const RESOURCE_V1BETA2 = `
AllocatedDeviceStatus driver pool device conditions data?:r networkData? shareID?
AllocationResult devices _ nodeSelector? _ allocationTimestamp?
CELDeviceSelector expression
CapacityRequestPolicy default?:q _ validValues:[]q validRange?
CapacityRequestPolicyRange min?:q max?:q step?:q
CapacityRequirements requests:{}q
Counter value:q
CounterSet name counters
Device name attributes capacity consumesCounters nodeName? nodeSelector? allNodes? taints
 bindsToNode? bindingConditions bindingFailureConditions allowMultipleAllocations?
 nodeAllocatableResourceMappings
DeviceAllocationConfiguration source requests *DeviceConfiguration
DeviceAllocationResult results config
DeviceAttribute _ int? bool? string? version? ints bools strings versions
DeviceCapacity value:q requestPolicy?
DeviceClaim requests constraints config
DeviceClaimConfiguration requests *DeviceConfiguration
DeviceClass metadata spec
DeviceClassConfiguration *DeviceConfiguration
DeviceClassList metadata items
DeviceClassSpec selectors config _ extendedResourceName?
*DeviceConfiguration opaque?
DeviceConstraint requests matchAttribute? distinctAttribute?
DeviceCounterConsumption counterSet counters
DeviceRequest name exactly? firstAvailable
DeviceRequestAllocationResult request driver pool device adminAccess? tolerations bindingConditions
 bindingFailureConditions shareID? consumedCapacity:{}q
DeviceSelector cel?
DeviceSubRequest name deviceClassName selectors allocationMode count tolerations capacity?
DeviceTaint key value effect timeAdded?
DeviceTaintRule metadata spec status
DeviceTaintRuleList metadata items
DeviceTaintRuleSpec deviceSelector? taint
DeviceTaintRuleStatus conditions
DeviceTaintSelector _ driver? pool? device?
DeviceToleration key operator value effect tolerationSeconds?
ExactDeviceRequest deviceClassName selectors allocationMode count adminAccess? tolerations capacity?
NetworkDeviceData interfaceName ips hardwareAddress
NodeAllocatableResourceMapping capacityKey? allocationMultiplier?:q
OpaqueDeviceConfiguration driver parameters:r
ResourceClaim metadata spec status
ResourceClaimConsumerReference apiGroup _ resource name uid
ResourceClaimList metadata items
ResourceClaimSpec devices
ResourceClaimStatus allocation? reservedFor _ devices
ResourceClaimTemplate metadata spec
ResourceClaimTemplateList metadata items
ResourceClaimTemplateSpec metadata spec
ResourcePool name generation resourceSliceCount
ResourceSlice metadata spec
ResourceSliceList metadata items
ResourceSliceSpec driver pool nodeName? nodeSelector? allNodes? devices perDeviceNodeSelection?
 sharedCounters
`;
