import type { FieldSet } from './field-set.js';
import { isEmptySet } from './field-set.js';
import { readFieldSet } from './path-element.js';
import { asList, asMap, isEmptyMap } from './shape.js';

/** meta/v1 ManagedFieldsEntry. */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: string;
  readonly apiVersion?: string;
  /** RFC 3339. */
  readonly time?: string;
  readonly fieldsType?: string;
  readonly fieldsV1?: FieldSet;
  readonly subresource?: string;
}

/** Who writes, by which way, in which version. One person's applies and updates are of two managers. */
export interface ManagerIdentity {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** Empty: the object itself. */
  readonly subresource: string;
}

/** A manager, and the fields that it owns. */
export interface Owner extends ManagerIdentity {
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** Owners under `managerKey`. */
export type Owners = ReadonlyMap<string, Owner>;

/** An applier is the same one in each version that it applies. */
export function managerKey(identity: ManagerIdentity): string {
  const { manager, operation, apiVersion, subresource } = identity;
  return JSON.stringify([manager, operation, operation === 'Apply' ? '' : apiVersion, subresource]);
}

/** What is stored is read without a copy. Undefined: an entry is none that this server would write. */
export function readOwners(entries: unknown): Owners | undefined {
  const owners = new Map<string, Owner>();
  for (const entry of asList(entries) ?? []) {
    const owner = readOwner(entry);
    if (owner === undefined) return undefined;
    owners.set(managerKey(owner), owner);
  }
  return owners;
}

function readOwner(entry: unknown): Owner | undefined {
  const map = asMap(entry) as ManagedFieldsEntry | undefined;
  if (map === undefined) return undefined;
  const { manager = '', operation, apiVersion = '', subresource = '', time, fieldsV1 = {} } = map;
  if (operation !== 'Apply' && operation !== 'Update') return undefined;
  if (apiVersion === '' || map.fieldsType !== 'FieldsV1') return undefined;
  return { manager, operation, apiVersion, subresource, time, fields: fieldsV1 };
}

/** Owners that a client wrote: their sets are checked, and brought into the form that is used here. */
export function readSentOwners(entries: unknown): Owners | undefined {
  const owners = readOwners(entries);
  if (owners === undefined) return undefined;
  const checked = new Map<string, Owner>();
  for (const [key, owner] of owners) {
    const fields = readFieldSet(owner.fields);
    if (fields === undefined) return undefined;
    if (!isEmptySet(fields)) checked.set(key, { ...owner, fields });
  }
  return checked;
}

/** `[{}]`: how a client says that nobody owns anything. */
export function isReset(entries: unknown): boolean {
  const list = asList(entries);
  return list?.length === 1 && isEmptyMap(asMap(list[0])) && asMap(list[0]) !== undefined;
}

/** In Kubernetes' order: appliers first, then by time, manager, version and subresource. */
export function writeOwners(owners: Owners): ManagedFieldsEntry[] {
  return [...owners.values()].sort(compareOwners).map(entryOf);
}

/** Field by field: this runs for every write, and spreading what may not be there takes ten times as long. */
function entryOf({
  manager,
  operation,
  apiVersion,
  time,
  fields,
  subresource,
}: Owner): ManagedFieldsEntry {
  const entry: { -readonly [Field in keyof ManagedFieldsEntry]: ManagedFieldsEntry[Field] } = {};
  if (manager !== '') entry.manager = manager;
  entry.operation = operation;
  entry.apiVersion = apiVersion;
  if (time !== undefined) entry.time = time;
  entry.fieldsType = 'FieldsV1';
  entry.fieldsV1 = fields;
  if (subresource !== '') entry.subresource = subresource;
  return entry;
}

function compareOwners(a: Owner, b: Owner): number {
  return (
    compareText(a.operation, b.operation) ||
    compareText(a.time ?? '', b.time ?? '') ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  );
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
