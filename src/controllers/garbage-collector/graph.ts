import type { ApiResource } from '../../api/index.js';
import { RESOURCES } from '../../api/index.js';
import type { ApiObject, Informer, SharedInformers } from '../../client/index.js';
import { objectKey, uidOf } from '../../client/index.js';

/** An object in the graph. */
export interface GraphNode {
  readonly resource: ApiResource;
  readonly object: ApiObject;
}

/** All objects of the cluster, who owns whom. Made from the informers; it may lag behind. */
export interface OwnerGraph {
  byUid(uid: string): GraphNode | undefined;
  byId(id: string): GraphNode | undefined;
  dependentsOf(uid: string): readonly GraphNode[];
  /** Called after each change, with the state that is gone and the one that is there. */
  onChange(
    callback: (
      resource: ApiResource,
      old: ApiObject | undefined,
      object: ApiObject | undefined,
    ) => void,
  ): void;
}

/** Events have no owners, and there are many of them. */
const COLLECTED = RESOURCES.filter(
  (row) =>
    row.resource !== 'events' &&
    ['list', 'watch', 'delete'].every((verb) => row.verbs.some((each) => each === verb)),
);

/** Names a place in the graph, as a work queue's key. */
export function graphId(resource: ApiResource, object: ApiObject): string {
  return `${resource.group}/${resource.version}/${resource.resource}|${objectKey(object)}`;
}

export function createOwnerGraph(informers: SharedInformers): OwnerGraph {
  const collections = new Map<
    string,
    { readonly resource: ApiResource; readonly informer: Informer<ApiObject> }
  >();
  const locations = new Map<string, string>();
  const callbacks: Parameters<OwnerGraph['onChange']>[0][] = [];

  function byId(id: string): GraphNode | undefined {
    const bar = id.indexOf('|');
    const collection = collections.get(id.slice(0, bar));
    const object = collection?.informer.get(id.slice(bar + 1));
    return collection === undefined || object === undefined
      ? undefined
      : { resource: collection.resource, object };
  }

  function tell(
    resource: ApiResource,
    old: ApiObject | undefined,
    object: ApiObject | undefined,
  ): void {
    for (const callback of callbacks) callback(resource, old, object);
  }

  for (const resource of COLLECTED) {
    const informer = informers.informer<ApiObject>(resource);
    informers.index(informer, 'owner', (object) =>
      (object.metadata?.ownerReferences ?? []).map(({ uid }) => uid),
    );
    collections.set(`${resource.group}/${resource.version}/${resource.resource}`, {
      resource,
      informer,
    });
    informer.addHandler({
      onAdd: (object) => {
        locations.set(uidOf(object), graphId(resource, object));
        tell(resource, undefined, object);
      },
      onUpdate: (old, object) => {
        tell(resource, old, object);
      },
      onDelete: (old) => {
        locations.delete(uidOf(old));
        tell(resource, old, undefined);
      },
    });
  }

  return {
    byId,
    byUid: (uid) => {
      const id = locations.get(uid);
      return id === undefined ? undefined : byId(id);
    },
    dependentsOf: (uid) =>
      [...collections.values()].flatMap(({ resource, informer }) =>
        informer.byIndex('owner', uid).map((object) => ({ resource, object })),
      ),
    onChange: (callback) => callbacks.push(callback),
  };
}
