import { isUnset, listOf, maybe } from '../absent.js';
import type {
  ResourceV1ResourceClaim,
  V1AllocatedDeviceStatus,
  V1AllocationResult,
  V1DeviceRequestAllocationResult,
  V1ResourceClaimConsumerReference,
  V1ResourceClaimStatus,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkImmutable, checkProblems } from './checks.js';
import { checkDriverName } from './csi-driver.js';
import { checkReference, requestNames } from './device-claim.js';
import { checkBinding, checkList, checkPoolName, checkSet } from './devices.js';
import { forbidden, invalid, required, tooMany } from './field-error.js';
import { dnsLabelProblems } from './names.js';

const CONSUMERS_MAX = 256;
const RESULTS_MAX = 32;
const CONDITIONS_MAX = 8;

/** resource ValidateResourceClaimStatusUpdate: who has which devices. */
export function checkResourceClaimStatus(
  claim: ResourceV1ResourceClaim,
  old: ResourceV1ResourceClaim,
  errors: Errors,
): void {
  const { status = {} } = claim;
  const uidOf = ({ uid }: V1ResourceClaimConsumerReference): string => maybe(uid) ?? '';
  checkSet(status.reservedFor, CONSUMERS_MAX, 'status.reservedFor', errors, uidOf, (each, at) => {
    for (const name of ['resource', 'name', 'uid'] as const)
      if (isUnset(each[name])) errors.push(required(`${at}.${name}`));
  });
  checkDevices(status, errors);
  const isDeleted = claim.metadata?.deletionTimestamp !== undefined;
  checkReserved(status, old.status ?? {}, isDeleted, errors);
  const before = old.status?.allocation;
  if (before !== undefined && status.allocation !== undefined)
    checkImmutable(status.allocation, before, 'status.allocation', errors);
  else if (status.allocation !== undefined)
    checkAllocation(status.allocation, claim, 'status.allocation', errors);
}

type DevicePlace = Pick<V1AllocatedDeviceStatus, 'driver' | 'pool' | 'device' | 'shareID'>;

function placeOf({ driver, pool, device, shareID }: DevicePlace): string {
  const place = `${driver}/${pool}/${device}`;
  return isUnset(shareID) ? place : `${place}/${shareID}`;
}

function checkDevices(status: V1ResourceClaimStatus, errors: Errors): void {
  const allocated = new Set(listOf(status.allocation?.devices?.results).map(placeOf));
  const { devices } = status;
  checkSet(devices, Infinity, 'status.devices', errors, placeOf, (device, at) => {
    checkPlace(device, at, errors);
    if (!allocated.has(placeOf(device)))
      errors.push(invalid(at, placeOf(device), 'must be an allocated device in the claim'));
    const count = listOf(device.conditions).length;
    if (count > CONDITIONS_MAX) errors.push(tooMany(`${at}.conditions`, count, CONDITIONS_MAX));
  });
}

function checkPlace({ driver, pool, device }: DevicePlace, at: string, errors: Errors): void {
  checkDriverName(driver, `${at}.driver`, errors);
  checkPoolName(pool, `${at}.pool`, errors);
  checkProblems(dnsLabelProblems(device), `${at}.device`, maybe(device) ?? '', errors);
}

/** A claim that goes away gets no new consumers. */
function checkReserved(
  status: V1ResourceClaimStatus,
  old: V1ResourceClaimStatus,
  isDeleted: boolean,
  errors: Errors,
): void {
  const consumers = listOf(status.reservedFor);
  if (consumers.length === 0) return;
  const field = 'status.reservedFor';
  if (status.allocation === undefined) {
    errors.push(forbidden(field, 'may not be specified when `allocated` is not set'));
    return;
  }
  const known = new Set(listOf(old.reservedFor).map(({ uid }) => uid));
  if (!isDeleted || consumers.every(({ uid }) => known.has(uid))) return;
  const text =
    'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set';
  errors.push(forbidden(field, text));
}

function checkAllocation(
  { devices }: V1AllocationResult,
  claim: ResourceV1ResourceClaim,
  field: string,
  errors: Errors,
): void {
  const names = requestNames(listOf(maybe(claim.spec)?.devices?.requests));
  checkList(devices?.results, RESULTS_MAX, `${field}.devices.results`, errors, (result, at) => {
    checkResult(result, names, at, errors);
  });
}

function checkResult(
  result: V1DeviceRequestAllocationResult,
  names: ReadonlySet<string>,
  at: string,
  errors: Errors,
): void {
  checkReference(maybe(result.request) ?? '', names, `${at}.request`, errors);
  checkPlace(result, at, errors);
  checkBinding(result.bindingConditions, result.bindingFailureConditions, at, errors);
}
