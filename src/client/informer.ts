import type { ActorContext } from '../actor/index.js';
import { assertDefined } from '../base/index.js';
import type { ApiClient } from './api-client.js';
import { objectKey } from './object-key.js';
import type { Indexer, Lister } from './object-store.js';
import { createObjectStore } from './object-store.js';
import type { ReflectorReport, ReflectorScope } from './reflector.js';
import { createReflector } from './reflector.js';
import type { ApiObject, ResourceDescriptor } from './resource-descriptor.js';

/** Called after the local copy changed, in the order of the changes. */
export interface InformerHandler<T> {
  onAdd?(object: T): void;
  /** Also after a gap, where several changes may lie between the two. */
  onUpdate?(old: T, object: T): void;
  /** The last state that was seen; after a gap not the very last. */
  onDelete?(old: T): void;
}

/** A local copy of a collection that follows the API server, and tells of each change. There is no resync by time. */
export interface Informer<T extends ApiObject> extends Lister<T> {
  /** Each name once. */
  addIndexer(name: string, indexer: Indexer<T>): void;
  /** Told at once of what is there already. */
  addHandler(handler: InformerHandler<T>): void;
  /** True once the whole collection has been read. */
  readonly hasSynced: () => boolean;
  readonly whenSynced: () => Promise<void>;
  readonly start: () => void;
  readonly stop: () => void;
  report(): ReflectorReport & { readonly objects: number; readonly synced: boolean };
}

export function createInformer<T extends ApiObject>(
  context: ActorContext,
  client: ApiClient,
  resource: ResourceDescriptor<T>,
  scope: ReflectorScope = {},
): Informer<T> {
  const store = createObjectStore<T>();
  const handlers: InformerHandler<T>[] = [];
  const waiting: (() => void)[] = [];
  let synced = false;

  function put(object: T): void {
    const old = store.get(objectKey(object));
    // Another life under the same name: its death was in a gap.
    if (old !== undefined && old.metadata?.uid !== object.metadata?.uid) remove(old);
    const replaced = store.put(object);
    if (replaced?.metadata?.resourceVersion !== undefined && sameVersion(replaced, object)) return;
    for (const handler of handlers) {
      if (replaced === undefined) handler.onAdd?.(object);
      else handler.onUpdate?.(replaced, object);
    }
  }

  function remove(last: T): void {
    const old = store.remove(objectKey(last));
    if (old === undefined) return;
    for (const handler of handlers) handler.onDelete?.(last);
  }

  function replace(objects: readonly T[]): void {
    const keys = new Set(objects.map(objectKey));
    for (const old of store.list()) if (!keys.has(objectKey(old))) remove(old);
    for (const object of objects) put(object);
    synced = true;
    for (const resolve of waiting.splice(0)) resolve();
  }

  const reflector = createReflector(context, client, resource, scope, {
    onReplace: replace,
    onChange: (type, object) => {
      if (type === 'put') put(object);
      else remove(object);
    },
  });

  return {
    get size() {
      return store.size;
    },
    get: (key) => store.get(key),
    list: () => store.list(),
    byIndex: (index, value) => store.byIndex(index, value),
    addIndexer: (name, indexer) => {
      store.addIndexer(name, indexer);
    },
    addHandler: (handler) => {
      handlers.push(handler);
      for (const object of store.list()) handler.onAdd?.(object);
    },
    hasSynced: () => synced,
    whenSynced: () =>
      synced ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
    start: reflector.start,
    stop: reflector.stop,
    report: () => ({ ...reflector.report(), objects: store.size, synced }),
  };
}

function sameVersion(a: ApiObject, b: ApiObject): boolean {
  return a.metadata?.resourceVersion === b.metadata?.resourceVersion;
}

/** One informer a collection for all of an actor's parts. */
export interface SharedInformers {
  /** The same informer for the same resource and scope. */
  informer<T extends ApiObject>(
    resource: ResourceDescriptor<T>,
    scope?: ReflectorScope,
  ): Informer<T>;
  /** Adds an index unless an informer has it already, so that parts can share it. */
  index<T extends ApiObject>(informer: Informer<T>, name: string, indexer: Indexer<T>): void;
  /** Starts the informers that were asked for so far. */
  readonly start: () => void;
  readonly whenSynced: () => Promise<void>;
  readonly hasSynced: () => boolean;
  readonly stop: () => void;
  readonly report: () => Readonly<Record<string, unknown>>;
}

export function createSharedInformers(context: ActorContext, client: ApiClient): SharedInformers {
  const informers = new Map<string, Informer<never>>();
  const indexed = new Set<string>();
  const idOf = new Map<unknown, string>();
  const all = (): Informer<never>[] => [...informers.values()];

  return {
    informer: <T extends ApiObject>(
      resource: ResourceDescriptor<T>,
      scope: ReflectorScope = {},
    ): Informer<T> => {
      const id = [
        resource.group,
        resource.version,
        resource.resource,
        scope.namespace,
        scope.labelSelector,
        scope.fieldSelector,
      ]
        .map((part) => part ?? '')
        .join('|');
      const known = informers.get(id) as Informer<T> | undefined;
      if (known !== undefined) return known;
      const informer = createInformer(context, client, resource, scope);
      informers.set(id, informer as unknown as Informer<never>);
      idOf.set(informer, id);
      return informer;
    },
    index: (informer, name, indexer) => {
      const id = `${assertDefined(idOf.get(informer), 'the shared informer')}#${name}`;
      if (indexed.has(id)) return;
      indexed.add(id);
      informer.addIndexer(name, indexer);
    },
    start: () => {
      for (const informer of all()) informer.start();
    },
    whenSynced: async () => {
      for (const informer of all()) await informer.whenSynced();
    },
    hasSynced: () => all().every((informer) => informer.hasSynced()),
    stop: () => {
      for (const informer of all()) informer.stop();
    },
    report: () =>
      Object.fromEntries(
        [...informers].map(([id, informer]) => [id.replace(/\|+$/, ''), informer.report()]),
      ),
  };
}
