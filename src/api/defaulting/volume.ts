import { isUnset, listOf } from '../absent.js';
import type {
  V1DownwardAPIVolumeFile,
  V1ProjectedVolumeSource,
  V1Volume,
} from '../generated/types.js';
import { defaultImagePullPolicy } from './image-pull-policy.js';
import { setRequirementsDefaults } from './resource-list.js';

/** Mode 0644, in decimal as JSON has it. */
const FILE_MODE = 0o644;
const TOKEN_SECONDS = 3600;

export function setVolumeDefaults(volume: V1Volume): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {};
  if (volume.secret !== undefined) volume.secret.defaultMode ??= FILE_MODE;
  if (volume.configMap !== undefined) volume.configMap.defaultMode ??= FILE_MODE;
  if (volume.hostPath !== undefined) volume.hostPath.type ??= '';
  if (volume.downwardAPI !== undefined) {
    volume.downwardAPI.defaultMode ??= FILE_MODE;
    setFileDefaults(volume.downwardAPI.items);
  }
  if (volume.projected !== undefined) setProjectedDefaults(volume.projected);
  if (volume.image !== undefined && isUnset(volume.image.pullPolicy)) {
    volume.image.pullPolicy = defaultImagePullPolicy(volume.image.reference ?? '');
  }
  const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
  if (claim !== undefined) {
    claim.volumeMode ??= 'Filesystem';
    setRequirementsDefaults(claim.resources);
  }
  setRemoteDiskDefaults(volume);
}

function setProjectedDefaults(projected: V1ProjectedVolumeSource): void {
  projected.defaultMode ??= FILE_MODE;
  for (const source of listOf(projected.sources)) {
    setFileDefaults(source.downwardAPI?.items);
    if (source.serviceAccountToken !== undefined) {
      source.serviceAccountToken.expirationSeconds ??= TOKEN_SECONDS;
    }
  }
}

function setFileDefaults(files: V1DownwardAPIVolumeFile[] | undefined): void {
  for (const file of listOf(files)) {
    if (file.fieldRef !== undefined) file.fieldRef.apiVersion ??= 'v1';
    if (file.resourceFieldRef !== undefined) file.resourceFieldRef.divisor ??= '0';
  }
}

/** Of volumes and of persistent volumes. */
export function setRemoteDiskDefaults(
  volume: Pick<V1Volume, 'iscsi' | 'rbd' | 'azureDisk' | 'scaleIO'>,
): void {
  const { iscsi, rbd, azureDisk, scaleIO } = volume;
  if (iscsi !== undefined && isUnset(iscsi.iscsiInterface)) iscsi.iscsiInterface = 'default';
  if (rbd !== undefined) {
    if (isUnset(rbd.pool)) rbd.pool = 'rbd';
    if (isUnset(rbd.user)) rbd.user = 'admin';
    if (isUnset(rbd.keyring)) rbd.keyring = '/etc/ceph/keyring';
  }
  if (azureDisk !== undefined) {
    azureDisk.cachingMode ??= 'ReadWrite';
    azureDisk.kind ??= 'Shared';
    azureDisk.fsType ??= 'ext4';
    azureDisk.readOnly ??= false;
  }
  if (scaleIO !== undefined) {
    if (isUnset(scaleIO.storageMode)) scaleIO.storageMode = 'ThinProvisioned';
    if (isUnset(scaleIO.fsType)) scaleIO.fsType = 'xfs';
  }
}
