import { quotaEvaluatorOf, RESOURCES } from '../../api/index.js';
import type {
  KubernetesObject,
  QuotaEvaluator,
  V1CustomResourceDefinition,
} from '../../api/index.js';
import type { ApiObject, Informer, ResourceDescriptor } from '../../client/index.js';
import { createInformer } from '../../client/index.js';
import type { ControllerPorts } from '../controller.js';
import { customResources } from '../custom-resources.js';

/** A resource that quotas can count. */
export interface Countable {
  readonly resource: ResourceDescriptor;
  readonly evaluator: QuotaEvaluator;
}

const BUILT_IN: readonly Countable[] = RESOURCES.filter(
  (row) =>
    row.namespaced &&
    row.storedAs === undefined &&
    row.storagePrefix !== '' &&
    row.verbs.includes('list') &&
    row.verbs.includes('watch'),
).flatMap(countable);

function countable(resource: ResourceDescriptor): Countable[] {
  const evaluator = quotaEvaluatorOf(resource);
  return evaluator === undefined ? [] : [{ resource, evaluator }];
}

/** The built-in ones, and the custom ones that are served. */
export function countables(definitions: readonly V1CustomResourceDefinition[]): Countable[] {
  const custom = customResources(definitions).filter(({ namespaced }) => namespaced);
  return [...BUILT_IN, ...custom.flatMap(countable)];
}

/** Told of each object that is gone, and of each that changed. */
export interface FollowedHandler {
  onGone(counted: Countable, object: KubernetesObject): void;
  onUpdate(counted: Countable, old: KubernetesObject, object: KubernetesObject): void;
  /** All is seen from here on, of what was not followed before. */
  onFollowed(counted: Countable): void;
}

/** The resources that some quota counts. */
export interface Followed {
  follow(counted: Countable): void;
  /** Lets go of the custom ones for which it does not hold. */
  keep(holds: (counted: Countable) => boolean): void;
  stop(): void;
}

/**
 * Follows resources from when a quota first counts them. The garbage collector follows all that are built in, by the
 * same shared informers: a handler more costs nothing. Custom ones get an informer here, for as long as it is needed.
 */
export function createFollowed(
  { context, client, informers }: Pick<ControllerPorts, 'context' | 'client' | 'informers'>,
  handler: FollowedHandler,
): Followed {
  const shared = new Set<string>();
  const custom = new Map<string, { counted: Countable; informer: Informer<ApiObject> }>();

  function begin(counted: Countable, informer: Informer<ApiObject>): void {
    informer.addHandler({
      onUpdate: (old, object) => {
        if (!counted.evaluator.countsOnly)
          handler.onUpdate(counted, old as KubernetesObject, object as KubernetesObject);
      },
      onDelete: (old) => {
        handler.onGone(counted, old as KubernetesObject);
      },
    });
    const wasFollowed = informer.hasSynced();
    informer.start();
    if (wasFollowed) return;
    void informer.whenSynced().then(() => {
      handler.onFollowed(counted);
    });
  }

  return {
    follow(counted) {
      const id = countableId(counted);
      if (BUILT_IN.includes(counted)) {
        if (shared.has(id)) return;
        shared.add(id);
        begin(counted, informers.informer(counted.resource));
        return;
      }
      if (custom.has(id)) return;
      const informer = createInformer(context, client, counted.resource);
      custom.set(id, { counted, informer });
      begin(counted, informer);
    },
    keep(holds) {
      for (const [id, { counted, informer }] of custom) {
        if (holds(counted)) continue;
        informer.stop();
        custom.delete(id);
      }
    },
    stop() {
      for (const { informer } of custom.values()) informer.stop();
      custom.clear();
    },
  };
}

export function countableId({ resource: { group, version, resource } }: Countable): string {
  return `${group}/${version}/${resource}`;
}
