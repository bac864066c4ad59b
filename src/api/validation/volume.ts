import { isUnset, listOf, maybe } from '../absent.js';
import type {
  V1KeyToPath,
  V1ProjectedVolumeSource,
  V1Volume,
  V1VolumeProjection,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkOneOf, checkProblems } from './checks.js';
import { checkAmount } from './container-resources.js';
import { checkRelativePath } from './container.js';
import { duplicate, forbidden, invalid, required } from './field-error.js';
import { dnsLabelProblems } from './names.js';

/** The names of the volumes of a pod, once they are checked: mounts refer to them. */
export function checkVolumes(volumes: readonly V1Volume[], errors: Errors): ReadonlySet<string> {
  const names = new Set<string>();
  volumes.forEach((volume, index) => {
    const place = `spec.volumes[${String(index)}]`;
    checkVolume(volume, place, errors);
    if (isUnset(volume.name)) errors.push(required(`${place}.name`));
    else {
      checkProblems(dnsLabelProblems(volume.name), `${place}.name`, volume.name, errors);
      if (names.has(volume.name)) errors.push(duplicate(`${place}.name`, volume.name));
    }
    names.add(volume.name);
  });
  return names;
}

/** Exactly one source; and what that needs. */
function checkVolume(volume: V1Volume, place: string, errors: Errors): void {
  const sources = Object.keys(volume).filter(
    (key) => key !== 'name' && volume[key as keyof V1Volume] !== undefined,
  );
  if (sources.length === 0) errors.push(required(place, 'must specify a volume type'));
  for (const source of sources.slice(1)) {
    errors.push(forbidden(`${place}.${source}`, 'may not specify more than 1 volume type'));
  }
  checkFileSources(volume, place, errors);
  checkHostSources(volume, place, errors);
  checkRemoteSources(volume, place, errors);
}

function checkFileSources(volume: V1Volume, place: string, errors: Errors): void {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap !== undefined) {
    if (isUnset(configMap.name)) errors.push(required(`${place}.configMap.name`));
    checkMode(configMap.defaultMode, `${place}.configMap.defaultMode`, errors);
    checkItems(configMap.items, `${place}.configMap.items`, errors);
  }
  if (secret !== undefined) {
    if (isUnset(secret.secretName)) errors.push(required(`${place}.secret.secretName`));
    checkMode(secret.defaultMode, `${place}.secret.defaultMode`, errors);
    checkItems(secret.items, `${place}.secret.items`, errors);
  }
  if (downwardAPI !== undefined) {
    checkMode(downwardAPI.defaultMode, `${place}.downwardAPI.defaultMode`, errors);
    listOf(downwardAPI.items).forEach((item, index) => {
      const field = `${place}.downwardAPI.items[${String(index)}]`;
      checkTargetPath(item.path, `${field}.path`, errors);
      checkMode(item.mode, `${field}.mode`, errors);
      const count = [item.fieldRef, item.resourceFieldRef].filter(
        (each) => each !== undefined,
      ).length;
      if (count === 0) {
        errors.push(required(field, 'one of fieldRef and resourceFieldRef is required'));
      } else if (count > 1) {
        const text = 'fieldRef and resourceFieldRef can not be specified simultaneously';
        errors.push(invalid(field, 'resource', text));
      }
    });
  }
  if (projected !== undefined) checkProjected(projected, `${place}.projected`, errors);
}

function checkProjected(projected: V1ProjectedVolumeSource, field: string, errors: Errors): void {
  checkMode(projected.defaultMode, `${field}.defaultMode`, errors);
  listOf(projected.sources).forEach((source, index) => {
    checkProjection(source, `${field}.sources[${String(index)}]`, errors);
  });
}

function checkProjection(source: V1VolumeProjection, place: string, errors: Errors): void {
  const kinds = Object.keys(source).filter(
    (key) => source[key as keyof V1VolumeProjection] !== undefined,
  );
  if (kinds.length === 0) {
    errors.push(required(place, 'specify at least one projection source'));
  }
  for (const kind of kinds.slice(1)) {
    errors.push(forbidden(`${place}.${kind}`, 'may not specify more than 1 volume type'));
  }
  for (const kind of ['configMap', 'secret'] as const) {
    const reference = source[kind];
    if (reference === undefined) continue;
    if (isUnset(reference.name)) errors.push(required(`${place}.${kind}.name`));
    checkItems(reference.items, `${place}.${kind}.items`, errors);
  }
  const token = source.serviceAccountToken;
  if (token === undefined) return;
  const field = `${place}.serviceAccountToken`;
  const { expirationSeconds: seconds = 3600 } = token;
  if (seconds < 600) {
    errors.push(
      invalid(
        `${field}.expirationSeconds`,
        seconds,
        'may not specify a duration less than 10 minutes',
      ),
    );
  } else if (seconds > 2 ** 32) {
    errors.push(
      invalid(
        `${field}.expirationSeconds`,
        seconds,
        'may not specify a duration larger than 2^32 seconds',
      ),
    );
  }
  checkTargetPath(token.path, `${field}.path`, errors);
}

/** Keys of a ConfigMap or a Secret, and where they go. */
function checkItems(
  items: readonly V1KeyToPath[] | undefined,
  field: string,
  errors: Errors,
): void {
  listOf(items).forEach((item, index) => {
    const place = `${field}[${String(index)}]`;
    if (isUnset(item.key)) errors.push(required(`${place}.key`));
    checkTargetPath(item.path, `${place}.path`, errors);
    checkMode(item.mode, `${place}.mode`, errors);
  });
}

function checkTargetPath(path: string, field: string, errors: Errors): void {
  if (isUnset(path)) {
    errors.push(required(field));
    return;
  }
  checkRelativePath(path, field, errors);
  if (path.startsWith('..') && !path.startsWith('../') && path !== '..') {
    errors.push(invalid(field, path, "must not start with '..'"));
  }
}

function checkMode(mode: number | undefined, field: string, errors: Errors): void {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return;
  const text = 'must be a number between 0 and 0777 (octal), both inclusive';
  errors.push(invalid(field, mode, text));
}

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

function checkHostSources(volume: V1Volume, place: string, errors: Errors): void {
  const { emptyDir, hostPath } = volume;
  if (emptyDir?.sizeLimit !== undefined) {
    checkAmount('memory', emptyDir.sizeLimit, `${place}.emptyDir.sizeLimit`, errors);
  }
  if (hostPath === undefined) return;
  const { path, type = '' } = hostPath;
  if (isUnset(path)) errors.push(required(`${place}.hostPath.path`));
  else if (path.split('/').includes('..')) {
    errors.push(invalid(`${place}.hostPath.path`, path, "must not contain '..'"));
  }
  if (type !== '') checkOneOf(type, HOST_PATH_TYPES, `${place}.hostPath.type`, errors);
}

function checkRemoteSources(volume: V1Volume, place: string, errors: Errors): void {
  const { persistentVolumeClaim: claim, nfs, csi, ephemeral } = volume;
  if (claim !== undefined && isUnset(claim.claimName)) {
    errors.push(required(`${place}.persistentVolumeClaim.claimName`));
  }
  if (nfs !== undefined) {
    if (isUnset(nfs.server)) errors.push(required(`${place}.nfs.server`));
    if (isUnset(nfs.path)) errors.push(required(`${place}.nfs.path`));
    else if (!nfs.path.startsWith('/')) {
      errors.push(invalid(`${place}.nfs.path`, nfs.path, 'must be an absolute path'));
    }
  }
  if (csi !== undefined && isUnset(csi.driver)) errors.push(required(`${place}.csi.driver`));
  if (ephemeral !== undefined && maybe(ephemeral.volumeClaimTemplate) === undefined) {
    errors.push(required(`${place}.ephemeral.volumeClaimTemplate`));
  }
}
