import { customResourcesOf, findResource, groupVersionOf } from '../../api/index.js';
import type {
  ApiResource,
  CustomApiResource,
  KubernetesObject,
  V1CustomResourceDefinition,
} from '../../api/index.js';
import { objectOf } from '../watch-cache/cached-object.js';
import type { ResourceCache } from '../watch-cache/resource-cache.js';

/** The resources that are served beside the built-in ones: what the CustomResourceDefinitions of the cache make. */
export interface CustomCatalog {
  /** Built-in or custom. */
  find(group: string, version: string, resource: string): ApiResource | undefined;
  rows(): readonly CustomApiResource[];
  /** The same object as long as a definition stays as it is. */
  definitions(): Iterable<V1CustomResourceDefinition>;
  definitionsIn(group: string): Iterable<V1CustomResourceDefinition>;
  /** Counts the changes; what is made of the rows may be kept for as long as this stays. */
  readonly generation: number;
}

/** Follows the cache of the definitions, in the same turn in which the cache changes. */
export function createCatalog(cache: ResourceCache): CustomCatalog {
  const definitions = new Map<string, V1CustomResourceDefinition>();
  const keysIn = new Map<string, Set<string>>();
  const rowsOf = new Map<string, readonly CustomApiResource[]>();
  const byPath = new Map<string, CustomApiResource>();
  let all: readonly CustomApiResource[] = [];
  let generation = 0;

  const collect = (): void => {
    generation++;
    all = [...rowsOf.values()].flat();
    byPath.clear();
    for (const row of all) byPath.set(`${groupVersionOf(row)}/${row.resource}`, row);
  };
  const take = (key: string, object: KubernetesObject | undefined): void => {
    forget(key);
    if (object === undefined || !isDefinition(object)) return;
    const definition = asDefinition(object);
    const { group } = definition.spec;
    definitions.set(key, definition);
    keysIn.set(group, (keysIn.get(group) ?? new Set()).add(key));
    const rows = customResourcesOf(definition);
    if (rows.length > 0) rowsOf.set(key, rows);
  };
  const forget = (key: string): void => {
    const group = definitions.get(key)?.spec.group ?? '';
    const keys = keysIn.get(group);
    keys?.delete(key);
    if (keys?.size === 0) keysIn.delete(group);
    definitions.delete(key);
    rowsOf.delete(key);
  };
  const restart = (): void => {
    [...definitions.keys()].forEach(forget);
    for (const cached of cache.list(cache.prefix)) take(cached.key, objectOf(cached));
    collect();
    cache.listen({
      onEvents(events) {
        for (const { key, current } of events)
          take(key, current === undefined ? undefined : objectOf(current));
        collect();
      },
      onReset: restart,
    });
  };
  restart();
  return {
    find: (group, version, resource) =>
      findResource(group, version, resource) ??
      byPath.get(`${groupVersionOf({ group, version })}/${resource}`),
    rows: () => all,
    definitions: () => definitions.values(),
    *definitionsIn(group) {
      for (const key of keysIn.get(group) ?? []) {
        const definition = definitions.get(key);
        if (definition !== undefined) yield definition;
      }
    },
    get generation() {
      return generation;
    },
  };
}

/** Others may write to the store, too: what they leave must not take the server down. */
function isDefinition(object: KubernetesObject): boolean {
  const { spec } = object as { spec?: Partial<V1CustomResourceDefinition['spec']> };
  return (
    typeof spec?.group === 'string' &&
    typeof spec.names?.plural === 'string' &&
    typeof spec.names.kind === 'string' &&
    Array.isArray(spec.versions)
  );
}

/** What is stored below the definitions' prefix was decoded as one when it was written. */
export function asDefinition(object: KubernetesObject): V1CustomResourceDefinition {
  return object as unknown as V1CustomResourceDefinition;
}
