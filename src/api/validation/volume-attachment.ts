import { entriesOf, isUnset, listOf, maybe } from '../absent.js';
import type {
  V1PersistentVolumeSpec,
  V1VolumeAttachment,
  V1VolumeAttachmentSource,
  V1VolumeAttributesClass,
  V1VolumeError,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { INT32_MAX, checkImmutable, checkProblems } from './checks.js';
import { checkDriverName } from './csi-driver.js';
import { forbidden, invalid, required, tooLong } from './field-error.js';
import { semanticEqual } from './json-equal.js';
import { dnsSubdomainProblems, labelKeyProblems } from './names.js';
import { utf8Length } from './object-meta.js';

const BYTES_MAX = 256 * 1024;
const PARAMETERS_MAX = 512;
const MESSAGE_BYTES_MAX = 1024;

/** storage ValidateVolumeAttachment, with what v1 adds on creation. */
export function checkVolumeAttachment(attachment: V1VolumeAttachment, errors: Errors): void {
  checkAttachment(attachment, errors);
  const spec = maybe(attachment.spec);
  checkDriverName(spec?.attacher, 'spec.attacher', errors);
  const name = maybe(spec?.source)?.persistentVolumeName;
  if (name === undefined) return;
  checkProblems(dnsSubdomainProblems(name), 'spec.source.persistentVolumeName', name, errors);
}

/** Of the object and of its status alike. */
export function checkVolumeAttachmentUpdate(
  attachment: V1VolumeAttachment,
  old: V1VolumeAttachment,
  errors: Errors,
): void {
  checkAttachment(attachment, errors);
  checkImmutable(attachment.spec, old.spec, 'spec', errors);
}

function checkAttachment(attachment: V1VolumeAttachment, errors: Errors): void {
  const spec = maybe(attachment.spec);
  if (isUnset(spec?.attacher)) errors.push(required('spec.attacher'));
  checkSource(maybe(spec?.source) ?? {}, 'spec.source', errors);
  const node = maybe(spec?.nodeName) ?? '';
  checkProblems(dnsSubdomainProblems(node), 'spec.nodeName', node, errors);
  const { attachmentMetadata, attachError, detachError } = attachment.status ?? {};
  if (bytesOf(attachmentMetadata) > BYTES_MAX)
    errors.push(tooLong('status.attachmentMetadata', BYTES_MAX));
  checkVolumeError(attachError, 'status.attachError', errors);
  checkVolumeError(detachError, 'status.detachError', errors);
}

function checkSource(
  { inlineVolumeSpec: inline, persistentVolumeName: name }: V1VolumeAttachmentSource,
  field: string,
  errors: Errors,
): void {
  const text = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  if (inline !== undefined && name !== undefined) errors.push(forbidden(field, text));
  else if (inline !== undefined) checkInline(inline, `${field}.inlineVolumeSpec`, errors);
  else if (name === undefined) errors.push(required(field, text));
  else if (name === '') {
    const place = `${field}.persistentVolumeName`;
    errors.push(required(place, 'must specify non empty persistentVolumeName'));
  }
}

/** A volume of a pod that a driver took over: it has no claim and no capacity. */
function checkInline(spec: V1PersistentVolumeSpec, field: string, errors: Errors): void {
  const text = 'may not be specified in the context of inline volumes';
  if (spec.claimRef !== undefined) errors.push(forbidden(`${field}.claimRef`, text));
  if (entriesOf(spec.capacity).length > 0) errors.push(forbidden(`${field}.capacity`, text));
  const { csi } = spec;
  if (csi === undefined)
    errors.push(required(`${field}.csi`, 'has to be specified in the context of inline volumes'));
  if (listOf(spec.accessModes).length === 0) errors.push(required(`${field}.accessModes`));
  if (csi === undefined) return;
  checkDriverName(csi.driver, `${field}.csi.driver`, errors);
  if (isUnset(csi.volumeHandle)) errors.push(required(`${field}.csi.volumeHandle`));
}

function checkVolumeError(error: V1VolumeError | undefined, field: string, errors: Errors): void {
  if (error === undefined) return;
  const { message = '', errorCode = 0 } = error;
  // Kubernetes compares with one bound and tells the other.
  if (utf8Length(message) > MESSAGE_BYTES_MAX) errors.push(tooLong(`${field}.message`, BYTES_MAX));
  if (errorCode >= 0) return;
  const text = `must be between 0 and ${String(INT32_MAX)}, inclusive`;
  errors.push(invalid(`${field}.errorCode`, errorCode, text));
}

function bytesOf(map: Readonly<Record<string, string>> | undefined): number {
  return entriesOf(map).reduce((sum, [key, value]) => sum + utf8Length(key) + utf8Length(value), 0);
}

/** storage ValidateVolumeAttributesClass. */
export function checkVolumeAttributesClass(
  { driverName, parameters }: V1VolumeAttributesClass,
  errors: Errors,
): void {
  if (isUnset(driverName)) errors.push(required('driverName'));
  else checkProblems(labelKeyProblems(driverName.toLowerCase()), 'driverName', driverName, errors);
  const entries = entriesOf(parameters);
  if (entries.length > PARAMETERS_MAX) {
    errors.push(tooLong('parameters', PARAMETERS_MAX));
    return;
  }
  for (const [key] of entries)
    if (key === '') errors.push(invalid('parameters', key, 'field can not be empty.'));
  if (bytesOf(parameters) > BYTES_MAX) errors.push(tooLong('parameters', BYTES_MAX));
  if (entries.length === 0)
    errors.push(required('parameters', 'must contain at least one key/value pair'));
}

export function checkVolumeAttributesClassUpdate(
  attributes: V1VolumeAttributesClass,
  old: V1VolumeAttributesClass,
  errors: Errors,
): void {
  for (const name of ['driverName', 'parameters'] as const) {
    if (semanticEqual(attributes[name], old[name])) continue;
    errors.push(forbidden(name, `updates to ${name} are forbidden.`));
  }
  checkVolumeAttributesClass(attributes, errors);
}
