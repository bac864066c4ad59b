import { isUnset, listOf, maybe } from '../absent.js';
import type {
  V1CSIDriver,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1StorageClass,
} from '../generated/types.js';
import { setResourceListDefaults } from './resource-list.js';
import { setRemoteDiskDefaults } from './volume.js';

export function setClaimDefaults(claim: V1PersistentVolumeClaim): void {
  claim.status ??= {};
  if (isUnset(claim.status.phase)) claim.status.phase = 'Pending';
  setResourceListDefaults(claim.status.capacity);
  setResourceListDefaults(claim.status.allocatedResources);
  if (claim.spec === undefined) return;
  claim.spec.volumeMode ??= 'Filesystem';
  setResourceListDefaults(claim.spec.resources?.limits);
  setResourceListDefaults(claim.spec.resources?.requests);
}

export function setPersistentVolumeDefaults(volume: V1PersistentVolume): void {
  volume.status ??= {};
  if (isUnset(volume.status.phase)) volume.status.phase = 'Pending';
  const { spec } = volume;
  if (spec === undefined) return;
  if (isUnset(spec.persistentVolumeReclaimPolicy)) spec.persistentVolumeReclaimPolicy = 'Retain';
  spec.volumeMode ??= 'Filesystem';
  setResourceListDefaults(spec.capacity);
  if (spec.hostPath !== undefined) spec.hostPath.type ??= '';
  setRemoteDiskDefaults(spec);
}

export function setStorageClassDefaults(storageClass: V1StorageClass): void {
  storageClass.reclaimPolicy ??= 'Delete';
  storageClass.volumeBindingMode ??= 'Immediate';
}

export function setCsiDriverDefaults(driver: V1CSIDriver): void {
  const spec = maybe(driver.spec);
  if (spec === undefined) return;
  spec.attachRequired ??= true;
  spec.podInfoOnMount ??= false;
  spec.storageCapacity ??= false;
  spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
  if (listOf(spec.volumeLifecycleModes).length === 0) spec.volumeLifecycleModes = ['Persistent'];
  spec.requiresRepublish ??= false;
  spec.seLinuxMount ??= false;
}
