import { isUnset, listOf } from '../absent.js';
import type {
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1PersistentVolumeSpec,
  V1StorageClass,
} from '../generated/types.js';
import { compareQuantities, parseQuantity, quantityFromNumber } from '../quantity.js';
import type { Errors } from './checks.js';
import { checkImmutable, checkOneOf, checkProblems } from './checks.js';
import { checkAmount } from './container-resources.js';
import { forbidden, invalid, notSupported, required } from './field-error.js';
import { semanticEqual } from './json-equal.js';
import { checkLabelSelector } from './label-selector.js';
import { dnsSubdomainProblems, labelKeyProblems } from './names.js';

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const VOLUME_MODES = ['Block', 'Filesystem'];
const ZERO = quantityFromNumber(0);

function checkAccessModes(modes: readonly string[], field: string, errors: Errors): void {
  for (const mode of modes) {
    if (!ACCESS_MODES.includes(mode)) errors.push(notSupported(field, mode, ACCESS_MODES));
  }
  if (modes.includes('ReadWriteOncePod') && modes.length > 1)
    errors.push(forbidden(field, 'may not use ReadWriteOncePod with other access modes'));
}

/** core ValidatePersistentVolumeClaim. */
export function checkClaim(claim: V1PersistentVolumeClaim, errors: Errors): void {
  const { spec } = claim;
  const modes = listOf(spec?.accessModes);
  if (modes.length === 0)
    errors.push(required('spec.accessModes', 'at least 1 access mode is required'));
  if (spec?.selector !== undefined) checkLabelSelector(spec.selector, 'spec.selector', errors);
  checkAccessModes(modes, 'spec.accessModes', errors);
  const storage = spec?.resources?.requests?.['storage'];
  if (storage === undefined) errors.push(required('spec.resources[storage]'));
  else checkPositive(storage, 'spec.resources[storage]', errors);
  checkClassName(spec?.storageClassName, 'spec.storageClassName', errors);
  checkClassName(spec?.volumeAttributesClassName, 'spec.volumeAttributesClassName', errors);
  const mode = spec?.volumeMode;
  if (mode !== undefined && !VOLUME_MODES.includes(mode))
    errors.push(notSupported('spec.volumeMode', mode, VOLUME_MODES));
}

function checkPositive(text: string, field: string, errors: Errors): void {
  const amount = checkAmount('storage', text, field, errors);
  if (amount !== undefined && compareQuantities(amount, ZERO) <= 0)
    errors.push(invalid(field, text, 'must be greater than zero'));
}

function checkClassName(name: string | undefined, field: string, errors: Errors): void {
  if (!isUnset(name)) checkProblems(dnsSubdomainProblems(name), field, name, errors);
}

/** Only a bound claim may ask for more, and only that. Being bound is a change that is let through. */
export function checkClaimUpdate(
  claim: V1PersistentVolumeClaim,
  old: V1PersistentVolumeClaim,
  errors: Errors,
): void {
  checkClaim(claim, errors);
  const spec = { ...claim.spec };
  const before = { ...old.spec };
  if (isUnset(before.volumeName) && !isUnset(spec.volumeName))
    before.volumeName = spec.volumeName ?? '';
  if (old.status?.phase === 'Bound') {
    if (before.resources !== undefined) spec.resources = before.resources;
    if (spec.volumeAttributesClassName !== undefined)
      before.volumeAttributesClassName = spec.volumeAttributesClassName;
  }
  if (!semanticEqual(spec, before)) {
    const text =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    errors.push(forbidden('spec', text));
  }
  if (isLess(claim.spec?.resources?.requests?.['storage'], old.status?.capacity?.['storage'])) {
    const text = 'field can not be less than status.capacity';
    errors.push(forbidden('spec.resources.requests.storage', text));
  }
}

function isLess(text: string | undefined, than: string | undefined): boolean {
  const [amount, other] = [parseQuantity(text ?? ''), parseQuantity(than ?? '')];
  return amount.ok && other.ok && compareQuantities(amount.value, other.value) < 0;
}

export function checkClaimStatus(claim: V1PersistentVolumeClaim, errors: Errors): void {
  for (const [name, text] of Object.entries(claim.status?.capacity ?? {}))
    checkAmount(name, text, `status.capacity[${name}]`, errors);
}

const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain'];
/** Everything of a volume's spec that is not the volume itself. */
const NOT_SOURCES: ReadonlySet<string> = new Set([
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
]);

function sourcesOf(spec: V1PersistentVolumeSpec | undefined): string[] {
  return Object.entries(spec ?? {})
    .filter(([name, value]) => !NOT_SOURCES.has(name) && value !== undefined)
    .map(([name]) => name);
}

/** core ValidatePersistentVolume. */
export function checkPersistentVolume(volume: V1PersistentVolume, errors: Errors): void {
  const { spec } = volume;
  const modes = listOf(spec?.accessModes);
  if (modes.length === 0) errors.push(required('spec.accessModes'));
  checkAccessModes(modes, 'spec.accessModes', errors);
  checkCapacity(spec?.capacity ?? {}, errors);
  const policy = spec?.persistentVolumeReclaimPolicy ?? '';
  if (policy !== '' && !RECLAIM_POLICIES.includes(policy))
    errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, RECLAIM_POLICIES));
  const [first, ...more] = sourcesOf(spec);
  if (first === undefined) errors.push(required('spec', 'must specify a volume type'));
  for (const name of more)
    errors.push(forbidden(`spec.${name}`, 'may not specify more than 1 volume type'));
  checkSource(spec, errors);
  checkClassName(spec?.storageClassName, 'spec.storageClassName', errors);
  const mode = spec?.volumeMode;
  if (mode !== undefined && !VOLUME_MODES.includes(mode))
    errors.push(notSupported('spec.volumeMode', mode, VOLUME_MODES));
}

function checkCapacity(capacity: Readonly<Record<string, string>>, errors: Errors): void {
  const names = Object.keys(capacity);
  if (names.length === 0) errors.push(required('spec.capacity'));
  if (!names.includes('storage') || names.length > 1)
    errors.push(notSupported('spec.capacity', capacity, ['storage']));
  for (const [name, text] of Object.entries(capacity))
    checkPositive(text, `spec.capacity[${name}]`, errors);
}

/** Of the sources that a cluster of containers can serve; those of clouds are left to their drivers. */
function checkSource(spec: V1PersistentVolumeSpec | undefined, errors: Errors): void {
  const { hostPath, nfs, local, csi } = spec ?? {};
  if (hostPath !== undefined && isUnset(hostPath.path)) errors.push(required('spec.hostPath.path'));
  if (nfs !== undefined) {
    if (isUnset(nfs.server)) errors.push(required('spec.nfs.server'));
    if (isUnset(nfs.path)) errors.push(required('spec.nfs.path'));
    else if (!nfs.path.startsWith('/'))
      errors.push(invalid('spec.nfs.path', nfs.path, 'must be an absolute path'));
  }
  if (local !== undefined) {
    if (isUnset(local.path)) errors.push(required('spec.local.path'));
    if (spec?.nodeAffinity === undefined)
      errors.push(required('spec.nodeAffinity', 'Local volume requires node affinity'));
  }
  if (csi !== undefined) {
    if (isUnset(csi.driver)) errors.push(required('spec.csi.driver'));
    if (isUnset(csi.volumeHandle)) errors.push(required('spec.csi.volumeHandle'));
  }
}

export function checkPersistentVolumeUpdate(
  volume: V1PersistentVolume,
  old: V1PersistentVolume,
  errors: Errors,
): void {
  checkPersistentVolume(volume, errors);
  const source = (spec: V1PersistentVolumeSpec | undefined): unknown =>
    Object.fromEntries(Object.entries(spec ?? {}).filter(([name]) => !NOT_SOURCES.has(name)));
  if (!semanticEqual(source(volume.spec), source(old.spec))) {
    const text = 'spec.persistentvolumesource is immutable after creation';
    errors.push(forbidden('spec.persistentvolumesource', text));
  }
  checkImmutable(volume.spec?.volumeMode, old.spec?.volumeMode, 'spec.volumeMode', errors);
}

const CLASS_POLICIES = ['Delete', 'Retain'];
const BINDING_MODES = ['Immediate', 'WaitForFirstConsumer'];

/** storage ValidateStorageClass. */
export function checkStorageClass(storageClass: V1StorageClass, errors: Errors): void {
  const { provisioner, parameters, reclaimPolicy, volumeBindingMode } = storageClass;
  if (isUnset(provisioner)) errors.push(required('provisioner', ''));
  else
    checkProblems(labelKeyProblems(provisioner.toLowerCase()), 'provisioner', provisioner, errors);
  for (const name of Object.keys(parameters ?? {})) {
    if (name === '') errors.push(invalid('parameters', name, 'field must not be empty.'));
  }
  if (reclaimPolicy !== undefined && !CLASS_POLICIES.includes(reclaimPolicy))
    errors.push(notSupported('reclaimPolicy', reclaimPolicy, CLASS_POLICIES));
  checkOneOf(volumeBindingMode, BINDING_MODES, 'volumeBindingMode', errors);
}

export function checkStorageClassUpdate(
  storageClass: V1StorageClass,
  old: V1StorageClass,
  errors: Errors,
): void {
  for (const name of ['parameters', 'provisioner', 'reclaimPolicy'] as const) {
    if (semanticEqual(storageClass[name], old[name])) continue;
    errors.push(forbidden(name, `updates to ${name} are forbidden.`));
  }
  checkImmutable(
    storageClass.volumeBindingMode,
    old.volumeBindingMode,
    'volumeBindingMode',
    errors,
  );
}
