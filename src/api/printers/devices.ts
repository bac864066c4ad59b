import { listOf, maybe } from '../absent.js';
import type { ResourceV1ResourceClaim, V1ResourceSlice } from '../generated/types.js';
import type { KubernetesObject } from '../object.js';
import type { Printer } from './printer.js';
import { AGE, column, NAME, since } from './printer.js';

/** Of device classes and of claim templates. */
export const namedPrinter: Printer<KubernetesObject> = {
  columns: [NAME, AGE],
  cells: ({ metadata }, nowMs) => [metadata?.name ?? '', since(metadata?.creationTimestamp, nowMs)],
};

export const resourceClaimPrinter: Printer<ResourceV1ResourceClaim> = {
  columns: [NAME, column('State', 'string', 'Whether devices are allocated, and in use.'), AGE],
  cells: (claim, nowMs) => [
    claim.metadata?.name ?? '',
    stateText(claim),
    since(claim.metadata?.creationTimestamp, nowMs),
  ],
};

function stateText({ metadata, status }: ResourceV1ResourceClaim): string {
  const states: string[] = [];
  if (metadata?.deletionTimestamp !== undefined) states.push('deleted');
  if (status?.allocation === undefined) states.push('pending');
  else states.push('allocated', ...(listOf(status.reservedFor).length > 0 ? ['reserved'] : []));
  return states.join(',');
}

export const resourceSlicePrinter: Printer<V1ResourceSlice> = {
  columns: [
    NAME,
    column('Node', 'string', 'The node that has the devices.'),
    column('Driver', 'string', 'The driver of the devices.'),
    column('Pool', 'string', 'The pool that they belong to.'),
    AGE,
  ],
  cells: ({ metadata, spec }, nowMs) => {
    const slice = maybe(spec);
    return [
      metadata?.name ?? '',
      slice?.nodeName ?? '<unset>',
      maybe(slice?.driver) ?? '',
      maybe(slice?.pool)?.name ?? '',
      since(metadata?.creationTimestamp, nowMs),
    ];
  },
};
