import { groupVersionOf } from '../../api/index.js';
import type { KubernetesObject } from '../../api/index.js';
import type { CachedObject } from '../watch-cache/cached-object.js';
import type { ListReply } from './resource-request.js';

/** A list as an object: `PodList`; `objectOf` says how its items are shown. */
export function listObject(
  reply: ListReply,
  objectOf: (item: CachedObject) => KubernetesObject,
): KubernetesObject {
  return {
    kind: reply.resource.listKind,
    apiVersion: groupVersionOf(reply.resource),
    metadata: { ...listMetadata(reply) },
    items: reply.items.map(objectOf),
  };
}

export interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export function listMetadata({
  resourceVersion,
  continueToken,
  remainingItemCount,
}: ListReply): ListMetadata {
  return {
    resourceVersion,
    ...(continueToken !== '' && { continue: continueToken }),
    ...(remainingItemCount !== undefined && { remainingItemCount }),
  };
}
