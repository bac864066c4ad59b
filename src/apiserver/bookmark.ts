import { groupVersionOf } from '../api/index.js';
import type { ApiResource, KubernetesObject } from '../api/index.js';
import type { WatchItem } from './watch-cache/watch-item.js';

type Bookmark = Extract<WatchItem, { readonly type: 'BOOKMARK' }>;

/** The object of a BOOKMARK event: nothing but where the watch is. */
export function bookmarkObject(
  resource: ApiResource,
  { resumeAfter, initialEventsEnd }: Bookmark,
): KubernetesObject {
  return {
    kind: resource.kind,
    apiVersion: groupVersionOf(resource),
    metadata: {
      resourceVersion: String(resumeAfter),
      ...(initialEventsEnd && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
    },
  };
}
