import { listOf, maybe } from '../absent.js';
import type { StorageV1TokenRequest, V1CSIDriver, V1CSIDriverSpec } from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkImmutable, checkProblems } from './checks.js';
import { duplicate, invalid, notSupported, required, tooLong } from './field-error.js';
import { dnsSubdomainProblems } from './names.js';

const DRIVER_NAME_MAX = 63;

/** core ValidateCSIDriverName, also of drivers of devices: a subdomain in any case, and not a long one. */
export function checkDriverName(name: string | undefined, field: string, errors: Errors): void {
  const text = name ?? '';
  if (text === '') errors.push(required(field));
  if (text.length > DRIVER_NAME_MAX) errors.push(tooLong(field, DRIVER_NAME_MAX));
  checkProblems(dnsSubdomainProblems(text.toLowerCase()), field, text, errors);
}

const GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType'];
const LIFECYCLE_MODES = ['Persistent', 'Ephemeral'];
const UPDATE_PERIOD_SECONDS_MIN = 10;
/** What defaulting sets. The first has another name in its errors. */
const REQUIRED_SWITCHES = [
  ['attachRequired', 'attachedRequired'],
  ['podInfoOnMount', 'podInfoOnMount'],
  ['storageCapacity', 'storageCapacity'],
  ['seLinuxMount', 'seLinuxMount'],
] as const;

/** storage ValidateCSIDriver. */
export function checkCsiDriver(driver: V1CSIDriver, errors: Errors): void {
  const spec: V1CSIDriverSpec = maybe(driver.spec) ?? {};
  for (const [name, shown] of REQUIRED_SWITCHES) {
    if (spec[name] === undefined) errors.push(required(`spec.${shown}`));
  }
  const { fsGroupPolicy, nodeAllocatableUpdatePeriodSeconds: seconds } = spec;
  if (fsGroupPolicy !== undefined && !GROUP_POLICIES.includes(fsGroupPolicy))
    errors.push(notSupported('spec.fsGroupPolicy', fsGroupPolicy, GROUP_POLICIES));
  checkTokenRequests(listOf(spec.tokenRequests), errors);
  for (const mode of listOf(spec.volumeLifecycleModes)) {
    if (LIFECYCLE_MODES.includes(mode)) continue;
    errors.push(notSupported('spec.volumeLifecycleModes', mode, LIFECYCLE_MODES));
  }
  if (seconds !== undefined && seconds < UPDATE_PERIOD_SECONDS_MIN) {
    const text = `must be greater than or equal to ${String(UPDATE_PERIOD_SECONDS_MIN)} seconds`;
    errors.push(invalid('spec.nodeAllocatableUpdatePeriodSeconds', seconds, text));
  }
  const inSecrets = spec.serviceAccountTokenInSecrets;
  if (inSecrets !== undefined && listOf(spec.tokenRequests).length === 0) {
    const text = 'serviceAccountTokenInSecrets is set but no tokenRequests are specified';
    errors.push(invalid('spec.serviceAccountTokenInSecrets', inSecrets, text));
  }
}

const EXPIRATION_SECONDS_MIN = 600;
const EXPIRATION_SECONDS_MAX = 2 ** 32;

/** One for each audience; an empty one means that of the API server. */
function checkTokenRequests(requests: readonly StorageV1TokenRequest[], errors: Errors): void {
  const audiences = new Set<string>();
  requests.forEach(({ audience, expirationSeconds: seconds = EXPIRATION_SECONDS_MIN }, index) => {
    const place = `spec.tokenRequests[${String(index)}]`;
    const text = maybe(audience) ?? '';
    if (audiences.has(text)) {
      errors.push(duplicate(`${place}.audience`, text));
      return;
    }
    audiences.add(text);
    const field = `${place}.expirationSeconds`;
    if (seconds < EXPIRATION_SECONDS_MIN)
      errors.push(invalid(field, seconds, 'may not specify a duration less than 10 minutes'));
    if (seconds > EXPIRATION_SECONDS_MAX)
      errors.push(invalid(field, seconds, 'may not specify a duration larger than 2^32 seconds'));
  });
}

export function checkCsiDriverUpdate(driver: V1CSIDriver, old: V1CSIDriver, errors: Errors): void {
  checkCsiDriver(driver, errors);
  const spec: V1CSIDriverSpec = maybe(driver.spec) ?? {};
  const before: V1CSIDriverSpec = maybe(old.spec) ?? {};
  checkImmutable(spec.attachRequired, before.attachRequired, 'spec.attachedRequired', errors);
  checkImmutable(
    spec.volumeLifecycleModes,
    before.volumeLifecycleModes,
    'spec.volumeLifecycleModes',
    errors,
  );
}
