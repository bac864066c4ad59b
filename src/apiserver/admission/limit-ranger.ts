import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  quantity,
  quantityValue,
} from '../../api/index.js';
import type {
  KubernetesObject,
  Quantity,
  V1Container,
  V1LimitRange,
  V1LimitRangeItem,
  V1PersistentVolumeClaim,
  V1Pod,
} from '../../api/index.js';
import { refuse } from '../outcome.js';
import { ADMITTED, forbiddenAs } from './admission.js';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.js';

type Amounts = Readonly<Record<string, string>>;
interface Asked {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

const ANNOTATION = 'kubernetes.io/limit-ranger';

/** LimitRanger: containers get the requests and limits that the namespace's LimitRanges say, and none is outside of their bounds. */
export function limitRanger(
  limitRanges: (namespace: string) => Iterable<KubernetesObject>,
): AdmissionPlugin {
  const rangesFor = ({ namespace }: AdmissionAttributes): V1LimitRange[] =>
    [...limitRanges(namespace)] as V1LimitRange[];
  return {
    name: 'LimitRanger',
    admit(attributes) {
      const pod = createdPod(attributes);
      if (pod !== undefined) for (const range of rangesFor(attributes)) setLimits(pod, range);
      return ADMITTED;
    },
    validate(attributes) {
      const pod = createdPod(attributes);
      const claim = writtenClaim(attributes);
      if (pod === undefined && claim === undefined) return ADMITTED;
      for (const { spec } of rangesFor(attributes)) {
        const limits = spec?.limits ?? [];
        const errors = limits.flatMap((item) =>
          pod === undefined ? claimErrors(claim ?? {}, item) : podErrors(pod, item),
        );
        const [first] = errors;
        if (first === undefined) continue;
        const detail = errors.length === 1 ? first : `[${errors.join(', ')}]`;
        return refuse(forbiddenAs(attributes, detail));
      }
      return ADMITTED;
    },
  };
}

/** What a pod asks for does not change by an update. */
function createdPod(attributes: AdmissionAttributes): V1Pod | undefined {
  const { operation, resource, subresource, object } = attributes;
  const is = resource.group === '' && resource.resource === 'pods' && subresource === '';
  return is && operation === 'CREATE' ? (object as V1Pod | undefined) : undefined;
}

function writtenClaim(attributes: AdmissionAttributes): V1PersistentVolumeClaim | undefined {
  const { operation, resource, subresource, object } = attributes;
  if (operation !== 'CREATE' && operation !== 'UPDATE') return undefined;
  const is = resource.group === '' && resource.resource === 'persistentvolumeclaims';
  if (!is || subresource !== '' || object?.metadata?.deletionTimestamp !== undefined)
    return undefined;
  return object as V1PersistentVolumeClaim | undefined;
}

function setLimits(pod: V1Pod, range: V1LimitRange): void {
  const items = (range.spec?.limits ?? []).filter(({ type }) => type === 'Container');
  const limits = Object.assign({}, ...items.map((item) => item.default)) as Amounts;
  const requests = Object.assign({}, ...items.map((item) => item.defaultRequest)) as Amounts;
  const said = [
    ...(pod.spec?.containers ?? []).flatMap((each) => fill(each, requests, limits, 'container')),
    ...(pod.spec?.initContainers ?? []).flatMap((each) =>
      fill(each, requests, limits, 'init container'),
    ),
  ];
  if (said.length === 0) return;
  const text = `LimitRanger plugin set: ${said.join('; ')}`;
  pod.metadata = {
    ...pod.metadata,
    annotations: { ...pod.metadata?.annotations, [ANNOTATION]: text },
  };
}

/** Sets what a container does not say itself, and says so. */
function fill(container: V1Container, requests: Amounts, limits: Amounts, what: string): string[] {
  const said: string[] = [];
  const given = container.resources ?? {};
  const filled = { requests: { ...given.requests }, limits: { ...given.limits } };
  for (const [kind, defaults] of [
    ['requests', requests],
    ['limits', limits],
  ] as const) {
    const added = Object.keys(defaults).filter((name) => !(name in filled[kind]));
    if (added.length === 0) continue;
    for (const name of added) filled[kind][name] = defaults[name] ?? '0';
    said.push(`${added.sort().join(', ')} ${kind.slice(0, -1)} for ${what} ${container.name}`);
  }
  if (said.length > 0) container.resources = { ...given, ...filled };
  return said;
}

function podErrors(pod: V1Pod, item: V1LimitRangeItem): string[] {
  const containers = pod.spec?.containers ?? [];
  const initial = pod.spec?.initContainers ?? [];
  if (item.type === 'Container')
    return [...containers, ...initial].flatMap(({ resources }) =>
      itemErrors(item, { requests: resources?.requests ?? {}, limits: resources?.limits ?? {} }),
    );
  if (item.type !== 'Pod') return [];
  return itemErrors(item, {
    requests: ofPod(containers, initial, 'requests'),
    limits: ofPod(containers, initial, 'limits'),
  });
}

/** What runs together counts together; of what runs before it, one at a time, the largest counts. */
function ofPod(
  containers: readonly V1Container[],
  initial: readonly V1Container[],
  kind: 'requests' | 'limits',
): Amounts {
  const total = new Map<string, Quantity>();
  const sidecars = initial.filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const { resources } of [...containers, ...sidecars])
    for (const [name, text] of Object.entries(resources?.[kind] ?? {}))
      total.set(name, addQuantities(total.get(name) ?? quantity('0'), quantity(text)));
  for (const { resources } of initial)
    for (const [name, text] of Object.entries(resources?.[kind] ?? {})) {
      const known = total.get(name);
      if (known === undefined || compareQuantities(known, quantity(text)) < 0)
        total.set(name, quantity(text));
    }
  return Object.fromEntries([...total].map(([name, amount]) => [name, formatQuantity(amount)]));
}

/** A claim has no limits: its request is what is bounded. */
function claimErrors(claim: V1PersistentVolumeClaim, item: V1LimitRangeItem): string[] {
  if (item.type !== 'PersistentVolumeClaim') return [];
  const requests = claim.spec?.resources?.requests ?? {};
  return [
    ...ofEach(item.min, (name, bound) =>
      minimumError(item.type, name, bound, { requests, limits: {} }),
    ),
    ...ofEach(item.max, (name, bound) => {
      const request = requests[name];
      const is = `maximum ${name} usage per ${item.type} is ${bound}`;
      if (request === undefined) return `${is}.  No request is specified`;
      return compare(request, bound) > 0 ? `${is}, but request is ${request}` : undefined;
    }),
  ];
}

function itemErrors(item: V1LimitRangeItem, asked: Asked): string[] {
  const { type, min, max, maxLimitRequestRatio } = item;
  return [
    ...ofEach(min, (name, bound) => minimumError(type, name, bound, asked)),
    ...ofEach(max, (name, bound) => maximumError(type, name, bound, asked)),
    ...ofEach(maxLimitRequestRatio, (name, bound) => ratioError(type, name, bound, asked)),
  ];
}

function ofEach(
  bounds: Amounts | undefined,
  check: (name: string, bound: string) => string | undefined,
): string[] {
  return Object.entries(bounds ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, bound]) => check(name, bound) ?? []);
}

const compare = (a: string, b: string): number => compareQuantities(quantity(a), quantity(b));

function minimumError(
  type: string,
  name: string,
  bound: string,
  { requests, limits }: Asked,
): string | undefined {
  const request = requests[name];
  const limit = limits[name];
  const is = `minimum ${name} usage per ${type} is ${bound}`;
  if (request === undefined) return `${is}.  No request is specified`;
  if (compare(request, bound) < 0) return `${is}, but request is ${request}`;
  if (limit !== undefined && compare(limit, bound) < 0) return `${is}, but limit is ${limit}`;
  return undefined;
}

function maximumError(
  type: string,
  name: string,
  bound: string,
  { requests, limits }: Asked,
): string | undefined {
  const request = requests[name];
  const limit = limits[name];
  const is = `maximum ${name} usage per ${type} is ${bound}`;
  if (limit === undefined) return `${is}.  No limit is specified`;
  if (compare(limit, bound) > 0) return `${is}, but limit is ${limit}`;
  if (request !== undefined && compare(request, bound) > 0)
    return `${is}, but request is ${request}`;
  return undefined;
}

function ratioError(
  type: string,
  name: string,
  bound: string,
  { requests, limits }: Asked,
): string | undefined {
  const is = `${name} max limit to request ratio per ${type} is ${bound}`;
  const request = milli(requests[name]);
  const limit = milli(limits[name]);
  if (request === 0) return `${is}, but no request is specified or request is 0`;
  if (limit === 0) return `${is}, but no limit is specified or limit is 0`;
  const ratio = limit / request;
  return ratio * 1000 > milli(bound)
    ? `${is}, but provided ratio is ${ratio.toFixed(6)}`
    : undefined;
}

function milli(text = '0'): number {
  return Number(quantityValue(quantity(text), -3));
}
