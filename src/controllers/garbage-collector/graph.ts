import { RESOURCES } from '../../api/index.js';
import type { ApiObject, Informer, ResourceDescriptor } from '../../client/index.js';
import { createInformer, objectKey, Resource, uidOf } from '../../client/index.js';
import type { ControllerPorts } from '../controller.js';
import { customResources } from '../custom-resources.js';

/** An object in the graph. */
export interface GraphNode {
  readonly resource: ResourceDescriptor;
  readonly object: ApiObject;
}

/** Called after each change, with the state that is gone and the one that is there. */
export type GraphHandler = (
  resource: ResourceDescriptor,
  old: ApiObject | undefined,
  object: ApiObject | undefined,
) => void;

/** All objects of the cluster, custom ones among them, who owns whom. Made from informers; it may lag behind. */
export interface OwnerGraph {
  byUid(uid: string): GraphNode | undefined;
  byId(id: string): GraphNode | undefined;
  dependentsOf(uid: string): readonly GraphNode[];
  /** False: there is a custom resource whose objects have not all been seen yet. */
  hasSynced(): boolean;
  onChange(callback: GraphHandler): void;
  /** Called when custom resources came or went. */
  onKinds(callback: () => void): void;
  stop(): void;
}

interface Collection {
  readonly resource: ResourceDescriptor;
  readonly informer: Informer<ApiObject>;
}

/** Events have no owners, and there are many of them. */
const COLLECTED = RESOURCES.filter(
  (row) =>
    row.resource !== 'events' &&
    row.storedAs === undefined &&
    ['list', 'watch', 'delete'].every((verb) => row.verbs.some((each) => each === verb)),
);

/** Names a place in the graph, as a work queue's key. */
export function graphId(resource: ResourceDescriptor, object: ApiObject): string {
  return `${collectionId(resource)}|${objectKey(object)}`;
}

function collectionId({ group, version, resource }: ResourceDescriptor): string {
  return `${group}/${version}/${resource}`;
}

function ownerUids(object: ApiObject): string[] {
  return (object.metadata?.ownerReferences ?? []).map(({ uid }) => uid);
}

export function createOwnerGraph({
  context,
  client,
  informers,
}: Pick<ControllerPorts, 'context' | 'client' | 'informers'>): OwnerGraph {
  const collections = new Map<string, Collection>();
  /** Of custom resources: informers of our own, as they come and go. */
  const custom = new Map<string, Collection>();
  const locations = new Map<string, string>();
  const callbacks: GraphHandler[] = [];
  const kindCallbacks: (() => void)[] = [];
  const definitions = informers.informer(Resource.customresourcedefinitions);

  function byId(id: string): GraphNode | undefined {
    const bar = id.indexOf('|');
    const collection = collections.get(id.slice(0, bar));
    const object = collection?.informer.get(id.slice(bar + 1));
    return collection === undefined || object === undefined
      ? undefined
      : { resource: collection.resource, object };
  }

  const tell: GraphHandler = (resource, old, object) => {
    for (const callback of callbacks) callback(resource, old, object);
  };

  function follow(resource: ResourceDescriptor, informer: Informer<ApiObject>): Collection {
    const collection = { resource, informer };
    collections.set(collectionId(resource), collection);
    informer.addHandler({
      onAdd: (object) => {
        locations.set(uidOf(object), graphId(resource, object));
        tell(resource, undefined, object);
      },
      onUpdate: (old, object) => {
        tell(resource, old, object);
      },
      onDelete: (old) => {
        forget(resource, old);
      },
    });
    return collection;
  }

  function forget(resource: ResourceDescriptor, old: ApiObject): void {
    // In another version of its resource it may have been seen since.
    if (locations.get(uidOf(old)) === graphId(resource, old)) locations.delete(uidOf(old));
    tell(resource, old, undefined);
  }

  function begin(resource: ResourceDescriptor): void {
    const informer = createInformer(context, client, resource);
    informer.addIndexer('owner', ownerUids);
    custom.set(collectionId(resource), follow(resource, informer));
    informer.start();
  }

  function end(id: string, { resource, informer }: Collection): void {
    informer.stop();
    custom.delete(id);
    collections.delete(id);
    // Where only this version is served no longer, its objects live on in another.
    const served = customResources(definitions.list()).some(
      (each) => each.group === resource.group && each.resource === resource.resource,
    );
    for (const object of informer.list()) {
      if (served) locations.delete(uidOf(object));
      else forget(resource, object);
    }
  }

  function followDefinitions(): void {
    const wanted = new Map(
      customResources(definitions.list()).map((each) => [collectionId(each), each]),
    );
    const ended = [...custom].filter(([id]) => !wanted.has(id));
    const begun = [...wanted].filter(([id]) => !custom.has(id));
    for (const [id, collection] of ended) end(id, collection);
    for (const [, resource] of begun) begin(resource);
    if (ended.length + begun.length > 0) for (const callback of kindCallbacks) callback();
  }

  for (const resource of COLLECTED) {
    const informer = informers.informer<ApiObject>(resource);
    informers.index(informer, 'owner', ownerUids);
    follow(resource, informer);
  }
  definitions.addHandler({
    onAdd: followDefinitions,
    onUpdate: followDefinitions,
    onDelete: followDefinitions,
  });

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
    hasSynced: () => [...custom.values()].every(({ informer }) => informer.hasSynced()),
    onChange: (callback) => callbacks.push(callback),
    onKinds: (callback) => kindCallbacks.push(callback),
    stop: () => {
      for (const { informer } of custom.values()) informer.stop();
    },
  };
}
