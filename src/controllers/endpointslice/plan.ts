import type { V1Endpoint, V1EndpointSlice } from '../../api/index.js';
import { sameJson } from '../same-json.js';
import type { EndpointGroup } from './endpoints-of-service.js';
import { groupKey } from './endpoints-of-service.js';

export interface SlicePlan {
  readonly create: readonly EndpointGroup[];
  readonly update: readonly {
    readonly slice: V1EndpointSlice;
    readonly endpoints: readonly V1Endpoint[];
  }[];
  readonly delete: readonly V1EndpointSlice[];
}

/** As --max-endpoints-per-slice. */
export const ENDPOINTS_PER_SLICE_MAX = 100;

/**
 * How to get from the slices that are there to the wanted endpoints with few writes: an endpoint stays in its slice, new
 * ones fill the room that is left, and only what is over makes a new slice. A Service without endpoints keeps one empty
 * slice, so that its proxies know of it. All slices have these labels.
 */
export function planSlices(
  groups: readonly EndpointGroup[],
  slices: readonly V1EndpointSlice[],
  labels: Readonly<Record<string, string>>,
): SlicePlan {
  const wanted =
    groups.length > 0 ? groups : [{ addressType: 'IPv4' as const, ports: [], endpoints: [] }];
  const keys = new Set(wanted.map((group) => groupKey(group.addressType, group.ports)));
  const live = slices.filter((slice) => slice.metadata?.deletionTimestamp === undefined);
  const plans = wanted.map((group) =>
    planGroup(
      group,
      live.filter((slice) => keyOf(slice) === groupKey(group.addressType, group.ports)),
      labels,
    ),
  );
  const strangers = live.filter((slice) => !keys.has(keyOf(slice)));
  return {
    create: plans.flatMap((plan) => plan.create),
    update: plans.flatMap((plan) => plan.update),
    delete: [...strangers, ...plans.flatMap((plan) => plan.delete)],
  };
}

function keyOf(slice: V1EndpointSlice): string {
  return groupKey(slice.addressType, slice.ports ?? []);
}

function planGroup(
  group: EndpointGroup,
  slices: readonly V1EndpointSlice[],
  labels: Readonly<Record<string, string>>,
): SlicePlan {
  const missing = new Map(group.endpoints.map((endpoint) => [identity(endpoint), endpoint]));
  const kept = slices.map((slice) => {
    const endpoints: V1Endpoint[] = [];
    for (const old of slice.endpoints ?? []) {
      const endpoint = missing.get(identity(old));
      if (endpoint === undefined || !missing.delete(identity(old))) continue;
      endpoints.push(endpoint);
    }
    return { slice, endpoints };
  });
  const left = [...missing.values()];
  for (const { endpoints } of kept)
    endpoints.push(...left.splice(0, ENDPOINTS_PER_SLICE_MAX - endpoints.length));
  const create: EndpointGroup[] = [];
  while (left.length > 0)
    create.push({ ...group, endpoints: left.splice(0, ENDPOINTS_PER_SLICE_MAX) });
  if (kept.length === 0 && create.length === 0) create.push({ ...group, endpoints: [] });
  const empty = kept.filter(({ endpoints }) => endpoints.length === 0);
  const spared = empty.length === kept.length && create.length === 0 ? empty[0] : undefined;
  return {
    create,
    update: kept.filter(
      ({ slice, endpoints }) =>
        (endpoints.length > 0 || slice === spared?.slice) &&
        !(
          sameJson(endpoints, slice.endpoints ?? []) &&
          sameJson(labels, slice.metadata?.labels ?? {})
        ),
    ),
    delete: empty.filter((each) => each !== spared).map(({ slice }) => slice),
  };
}

function identity(endpoint: V1Endpoint): string {
  return `${endpoint.addresses.join(',')} ${endpoint.targetRef?.uid ?? ''}`;
}
