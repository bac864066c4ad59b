import type { Row } from './row.js';
import { clusterWide, namespaced, STATUS } from './row.js';

const STORAGE = { group: 'storage.k8s.io', version: 'v1' };
const NODE = { group: 'node.k8s.io', version: 'v1' };
const RESOURCE = { group: 'resource.k8s.io', version: 'v1' };

/** What nodes offer to pods: volumes, runtimes, devices. */
export const STORAGE_ROWS: readonly Row[] = [
  clusterWide(STORAGE, 'csidrivers', 'CSIDriver'),
  clusterWide(STORAGE, 'csinodes', 'CSINode'),
  namespaced(STORAGE, 'csistoragecapacities', 'CSIStorageCapacity'),
  clusterWide(STORAGE, 'storageclasses', 'StorageClass', { shortNames: ['sc'] }),
  clusterWide(STORAGE, 'volumeattachments', 'VolumeAttachment', { subresources: [STATUS] }),
  clusterWide(STORAGE, 'volumeattributesclasses', 'VolumeAttributesClass', {
    shortNames: ['vac'],
  }),
  clusterWide(NODE, 'runtimeclasses', 'RuntimeClass'),
  clusterWide(RESOURCE, 'deviceclasses', 'DeviceClass'),
  namespaced(RESOURCE, 'resourceclaims', 'ResourceClaim', {
    model: 'ResourceV1ResourceClaim',
    listModel: 'V1ResourceClaimList',
    subresources: [{ ...STATUS, model: 'ResourceV1ResourceClaim' }],
  }),
  namespaced(RESOURCE, 'resourceclaimtemplates', 'ResourceClaimTemplate'),
  clusterWide(RESOURCE, 'resourceslices', 'ResourceSlice'),
];
