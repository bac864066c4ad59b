import { isUnset, listOf } from '../absent.js';
import { goQuote } from '../go-quote.js';
import type { ObjectMeta, OwnerReference } from '../object.js';
import type { Errors } from './checks.js';
import { checkImmutable, checkNonNegative, checkProblems } from './checks.js';
import { forbidden, invalid, required, tooLong } from './field-error.js';
import { checkLabels } from './label-selector.js';
import { dnsLabelProblems, labelKeyProblems, withoutTrailingDash } from './names.js';

/** How the objects of a resource are named. */
export interface NameRule {
  readonly namespaced: boolean;
  readonly problems: (name: string) => string[];
}

const ANNOTATIONS_BYTES_MAX = 256 * 1024;
const STANDARD_FINALIZERS: ReadonlySet<string> = new Set([
  'kubernetes',
  'orphan',
  'foregroundDeletion',
]);

/** apimachinery ValidateObjectMeta. */
export function checkObjectMeta(metadata: ObjectMeta, rule: NameRule, errors: Errors): void {
  const { name = '', generateName = '', namespace = '' } = metadata;
  if (generateName !== '') {
    const problems = rule.problems(withoutTrailingDash(generateName));
    checkProblems(problems, 'metadata.generateName', generateName, errors);
  }
  if (name === '') errors.push(required('metadata.name', 'name or generateName is required'));
  else checkProblems(rule.problems(name), 'metadata.name', name, errors);
  if (!rule.namespaced) {
    if (namespace !== '') errors.push(forbidden('metadata.namespace', 'not allowed on this type'));
  } else if (namespace === '') errors.push(required('metadata.namespace'));
  else checkProblems(dnsLabelProblems(namespace), 'metadata.namespace', namespace, errors);
  checkFreeMeta(metadata, errors);
  checkFinalizers(metadata.finalizers, errors);
}

/** apimachinery ValidateObjectMetaUpdate. */
export function checkObjectMetaUpdate(metadata: ObjectMeta, old: ObjectMeta, errors: Errors): void {
  if (old.deletionTimestamp !== undefined) checkNoNewFinalizers(metadata, old, errors);
  if (isUnset(metadata.resourceVersion)) {
    const text = 'must be specified for an update';
    errors.push(invalid('metadata.resourceVersion', metadata.resourceVersion ?? '', text));
  }
  if ((metadata.generation ?? 0) < (old.generation ?? 0)) {
    errors.push(
      invalid('metadata.generation', metadata.generation ?? 0, 'must not be decremented'),
    );
  }
  for (const field of IMMUTABLE_FIELDS) {
    checkImmutable(metadata[field], old[field], `metadata.${field}`, errors);
  }
  checkFreeMeta(metadata, errors);
  checkFinalizers(metadata.finalizers, errors);
}

const IMMUTABLE_FIELDS = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/** What a client may set at any time. */
function checkFreeMeta(metadata: ObjectMeta, errors: Errors): void {
  checkNonNegative(metadata.generation, 'metadata.generation', errors);
  checkLabels(metadata.labels, 'metadata.labels', errors);
  checkAnnotations(metadata.annotations, 'metadata.annotations', errors);
  checkOwnerReferences(listOf(metadata.ownerReferences), errors);
}

/** Keys in any case, and 256 KiB in all. Also of pod templates. */
export function checkAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  field: string,
  errors: Errors,
): void {
  if (annotations === undefined) return;
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    checkProblems(labelKeyProblems(key.toLowerCase()), field, key, errors);
    bytes += utf8Length(key) + utf8Length(value);
  }
  if (bytes > ANNOTATIONS_BYTES_MAX) errors.push(tooLong(field, ANNOTATIONS_BYTES_MAX));
}

/** The length of a text on the wire, without encoding it. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let place = 0; place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (code < 0x80) continue;
    bytes += code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 1 : 2;
  }
  return bytes;
}

function checkOwnerReferences(references: readonly OwnerReference[], errors: Errors): void {
  const field = 'metadata.ownerReferences';
  let controller: string | undefined;
  references.forEach((reference, index) => {
    checkOwnerReference(reference, `${field}[${String(index)}]`, errors);
    if (reference.controller !== true) return;
    const found = `${reference.kind}/${reference.name}`;
    if (controller === undefined) controller = found;
    else errors.push(invalid(field, references, twoControllersText(controller, found)));
  });
}

function twoControllersText(first: string, second: string): string {
  const found = `Found "true" in references for ${first} and ${second}`;
  return `Only one reference can have Controller set to true. ${found}`;
}

function checkOwnerReference(reference: OwnerReference, field: string, errors: Errors): void {
  const { apiVersion, kind } = reference;
  if (isUnset(apiVersion)) errors.push(required(`${field}.apiVersion`, 'must not be empty'));
  else if (!/^([^/]+\/)?[^/]+$/.test(apiVersion)) {
    errors.push(
      invalid(`${field}.apiVersion`, apiVersion, 'must be <group>/<version> or <version>'),
    );
  }
  for (const name of ['kind', 'name', 'uid'] as const) {
    if (isUnset(reference[name])) errors.push(required(`${field}.${name}`, 'must not be empty'));
  }
  if (apiVersion === 'v1' && kind === 'Event') {
    errors.push(invalid(field, reference, '/v1, Kind=Event is disallowed from being an owner'));
  }
}

function checkFinalizers(finalizers: readonly string[] | undefined, errors: Errors): void {
  const field = 'metadata.finalizers';
  listOf(finalizers).forEach((finalizer, index) => {
    checkProblems(labelKeyProblems(finalizer), field, finalizer, errors);
    checkFinalizerName(finalizer, `${field}[${String(index)}]`, errors);
  });
  if (listOf(finalizers).includes('orphan') && listOf(finalizers).includes('foregroundDeletion')) {
    const text = 'finalizer orphan and foregroundDeletion cannot be both set';
    errors.push(invalid(field, finalizers, text));
  }
}

export function checkFinalizerName(finalizer: string, field: string, errors: Errors): void {
  if (finalizer.includes('/') || STANDARD_FINALIZERS.has(finalizer)) return;
  const text = 'name is neither a standard finalizer name nor is it fully qualified';
  errors.push(invalid(field, finalizer, text));
}

function checkNoNewFinalizers(metadata: ObjectMeta, old: ObjectMeta, errors: Errors): void {
  const added = listOf(metadata.finalizers).filter(
    (each) => !listOf(old.finalizers).includes(each),
  );
  if (added.length === 0) return;
  const list = `[]string{${[...new Set(added)].sort().map(goQuote).join(', ')}}`;
  const text = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
  errors.push(forbidden('metadata.finalizers', text));
}
