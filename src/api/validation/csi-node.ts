import { listOf, maybe } from '../absent.js';
import type { V1CSINode, V1CSINodeDriver, V1CSIStorageCapacity } from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkImmutable, checkNonNegative, checkProblems } from './checks.js';
import { checkAmount } from './container-resources.js';
import { checkDriverName } from './csi-driver.js';
import { duplicate, invalid, required } from './field-error.js';
import { checkLabelSelector } from './label-selector.js';
import { dnsSubdomainProblems, labelKeyProblems } from './names.js';
import { utf8Length } from './object-meta.js';

const NODE_ID_BYTES_MAX = 256;

function driversOf(node: V1CSINode): readonly V1CSINodeDriver[] {
  return listOf(maybe(node.spec)?.drivers);
}

/** storage ValidateCSINode. */
export function checkCsiNode(node: V1CSINode, errors: Errors): void {
  const names = new Set<string>();
  driversOf(node).forEach((driver, index) => {
    const place = `spec.drivers[${String(index)}]`;
    const name = maybe(driver.name) ?? '';
    checkDriverName(name, `${place}.name`, errors);
    checkNodeId(maybe(driver.nodeID) ?? '', `${place}.nodeID`, errors);
    checkNonNegative(driver.allocatable?.count, `${place}.allocatable.count`, errors);
    if (names.has(name)) errors.push(duplicate(`${place}.name`, name));
    names.add(name);
    checkTopologyKeys(listOf(driver.topologyKeys), place, errors);
  });
}

function checkNodeId(id: string, field: string, errors: Errors): void {
  if (id === '') errors.push(required(field));
  if (utf8Length(id) <= NODE_ID_BYTES_MAX) return;
  errors.push(invalid(field, id, `must be ${String(NODE_ID_BYTES_MAX)} characters or less`));
}

/** Errors name the driver, as Kubernetes has it. */
function checkTopologyKeys(keys: readonly string[], place: string, errors: Errors): void {
  keys.forEach((key, index) => {
    if (key === '') errors.push(required(place));
    if (keys.indexOf(key) < index) errors.push(duplicate(place, key));
    checkProblems(labelKeyProblems(key), place, key, errors);
  });
}

/** A driver may go and come; while it is there only its count of volumes may change. */
export function checkCsiNodeUpdate(node: V1CSINode, old: V1CSINode, errors: Errors): void {
  checkCsiNode(node, errors);
  const fixed = ({ allocatable: _mutable, ...rest }: V1CSINodeDriver): unknown => rest;
  for (const before of driversOf(old)) {
    for (const driver of driversOf(node)) {
      if (driver.name !== before.name) continue;
      checkImmutable(fixed(driver), fixed(before), 'spec.drivers', errors);
    }
  }
}

/** storage ValidateCSIStorageCapacity. */
export function checkStorageCapacity(capacity: V1CSIStorageCapacity, errors: Errors): void {
  const { nodeTopology, storageClassName, capacity: amount } = capacity;
  checkLabelSelector(nodeTopology, 'nodeTopology', errors);
  const name = maybe(storageClassName) ?? '';
  checkProblems(dnsSubdomainProblems(name), 'storageClassName', name, errors);
  if (amount !== undefined) checkAmount('storage', amount, 'capacity', errors);
}

/** What the capacity was asked for stays; what it is may change, unchecked. */
export function checkStorageCapacityUpdate(
  capacity: V1CSIStorageCapacity,
  old: V1CSIStorageCapacity,
  errors: Errors,
): void {
  checkImmutable(capacity.nodeTopology, old.nodeTopology, 'nodeTopology', errors);
  checkImmutable(capacity.storageClassName, old.storageClassName, 'storageClassName', errors);
}
