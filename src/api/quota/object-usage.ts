import type {
  V1DeviceRequest,
  V1PersistentVolumeClaim,
  V1Service,
  V1ServiceSpec,
} from '../generated/types.js';
import type { KubernetesObject } from '../object.js';
import { quantityFromNumber, quantityValue } from '../quantity.js';
import type { Quantity } from '../quantity.js';
import { countName } from './evaluator.js';
import type { CountedResource, QuotaEvaluator } from './evaluator.js';
import { countsOf, largestAmounts, readAmounts, sumOfAmounts } from './resource-amounts.js';
import type { ResourceAmounts } from './resource-amounts.js';
import { isClaimInScope } from './scopes.js';

/** What quotas could count before they could count everything, by the names from then. */
const OLD_NAMES: ReadonlySet<string> = new Set([
  'configmaps',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
]);

/** Any resource: its objects are counted, and have no scopes. */
export function objectCount(resource: CountedResource): QuotaEvaluator {
  const names = [countName(resource)];
  if (resource.group === '' && OLD_NAMES.has(resource.resource)) names.push(resource.resource);
  const usage = countsOf(Object.fromEntries(names.map((name) => [name, 1])));
  return {
    resource,
    countsOnly: true,
    growsBy: [],
    measures: (name) => names.includes(name),
    usage: () => usage,
    isInScope: () => false,
  };
}

const SERVICES: readonly string[] = [
  'count/services',
  'services',
  'services.loadbalancers',
  'services.nodeports',
];

/** Services (core serviceEvaluator): they change their type, and so what they use. */
export const serviceEvaluator: QuotaEvaluator = {
  resource: { group: '', resource: 'services' },
  countsOnly: false,
  growsBy: ['main'],
  measures: (name) => SERVICES.includes(name),
  usage(object) {
    const { spec } = object as V1Service;
    return countsOf({
      'count/services': 1,
      services: 1,
      'services.loadbalancers': spec?.type === 'LoadBalancer' ? 1 : 0,
      'services.nodeports': nodePortsOf(spec),
    });
  },
  isInScope: () => false,
};

/** Those that it will have: they are given out after it is admitted. */
function nodePortsOf({
  type,
  ports = [],
  allocateLoadBalancerNodePorts,
}: V1ServiceSpec = {}): number {
  if (type === 'NodePort') return ports.length;
  if (type !== 'LoadBalancer') return 0;
  if (allocateLoadBalancerNodePorts !== false) return ports.length;
  return ports.filter(({ nodePort = 0 }) => nodePort !== 0).length;
}

const CLAIM_COUNT = 'count/persistentvolumeclaims';
const CLAIMS: readonly string[] = ['persistentvolumeclaims', 'requests.storage'];
const OF_STORAGE_CLASS = '.storageclass.storage.k8s.io/';
const STORAGE_CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

/** PersistentVolumeClaims (core pvcEvaluator), all of them and those of each storage class. */
export const claimEvaluator: QuotaEvaluator = {
  resource: { group: '', resource: 'persistentvolumeclaims' },
  countsOnly: false,
  growsBy: ['main'],
  measures: (name) =>
    name === CLAIM_COUNT ||
    CLAIMS.some((each) => name === each || name.endsWith(`${OF_STORAGE_CLASS}${each}`)),
  usage: (object) => claimUsage(object as V1PersistentVolumeClaim),
  isInScope: (scope, object) => isClaimInScope(scope, object as V1PersistentVolumeClaim),
};

function claimUsage(claim: V1PersistentVolumeClaim): ResourceAmounts {
  const storageClass =
    claim.metadata?.annotations?.[STORAGE_CLASS_ANNOTATION] ?? claim.spec?.storageClassName ?? '';
  const usage = countsOf({ [CLAIM_COUNT]: 1 });
  const storage = storageOf(claim);
  const used: [string, Quantity][] = [['persistentvolumeclaims', quantityFromNumber(1)]];
  if (storage !== undefined) used.push(['requests.storage', storage]);
  for (const [name, amount] of used) {
    usage.set(name, amount);
    if (storageClass !== '') usage.set(`${storageClass}${OF_STORAGE_CLASS}${name}`, amount);
  }
  return usage;
}

/** In whole bytes. A volume that is being made smaller again is as large as it is already. */
function storageOf({ spec, status }: V1PersistentVolumeClaim): Quantity | undefined {
  const asked = readAmounts(spec?.resources?.requests).get('storage');
  if (asked === undefined) return undefined;
  const most = largestAmounts(
    new Map([['storage', asked]]),
    readAmounts(status?.allocatedResources),
  ).get('storage');
  return most === undefined || most.exponent >= 0
    ? most
    : { ...most, unscaled: quantityValue(most), exponent: 0 };
}

const DEVICE_CLAIM_COUNT = 'count/resourceclaims.resource.k8s.io';
const DEVICES = '.deviceclass.resource.k8s.io/devices';
/** What a claim for all devices may be given at most. */
const ALLOCATED_DEVICES_MAX = 32;

/** ResourceClaims (the devices of each class). */
export const deviceClaimEvaluator: QuotaEvaluator = {
  resource: { group: 'resource.k8s.io', resource: 'resourceclaims' },
  countsOnly: false,
  growsBy: ['main'],
  measures: (name) => name === DEVICE_CLAIM_COUNT || name.endsWith(DEVICES),
  usage(object) {
    const { spec } = object as DeviceClaim;
    return (spec?.devices?.requests ?? [])
      .map(devicesOf)
      .reduce(sumOfAmounts, countsOf({ [DEVICE_CLAIM_COUNT]: 1 }));
  },
  isInScope: () => false,
};

interface DeviceClaim extends KubernetesObject {
  readonly spec?: { readonly devices?: { readonly requests?: readonly V1DeviceRequest[] } };
}

/** Of several that would do, of each class the most. */
function devicesOf({ exactly, firstAvailable = [] }: V1DeviceRequest): Map<string, Quantity> {
  const wanted = exactly === undefined ? firstAvailable : [exactly];
  return wanted
    .map(({ deviceClassName, allocationMode, count = 1 }) =>
      countsOf({
        [`${deviceClassName}${DEVICES}`]: allocationMode === 'All' ? ALLOCATED_DEVICES_MAX : count,
      }),
    )
    .reduce(largestAmounts, new Map<string, Quantity>());
}
