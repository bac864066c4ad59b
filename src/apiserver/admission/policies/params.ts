import { groupVersionOf, RESOURCES } from '../../../api/index.js';
import type { ApiResource, KubernetesObject, V1ParamKind, V1ParamRef } from '../../../api/index.js';
import { failed, ok } from '../../../base/index.js';
import type { Result } from '../../../base/index.js';
import type { CustomCatalog } from '../../custom/catalog.js';
import type { Converter } from '../../custom/converter.js';
import { servedView } from '../../custom/versions.js';
import { collectionPrefix, objectKey } from '../../registry/object-key.js';
import { cacheOf } from '../../registry/ports.js';
import type { ObjectStorage } from '../../storage/object-storage.js';
import { objectOf } from '../../watch-cache/cached-object.js';
import type { CachedObject } from '../../watch-cache/cached-object.js';
import type { RegistryFeed } from '../../watch-cache/registry-feed.js';
import { selectorOf } from '../matching.js';

export interface ParamPorts {
  readonly catalog: Pick<CustomCatalog, 'rows'>;
  readonly feed: RegistryFeed;
  readonly storage: Pick<ObjectStorage, 'get'>;
  readonly converter: Pick<Converter, 'prepare'>;
}

/** The resource that has the parameters of a policy. The error is as Kubernetes tells it. */
export function paramResource(
  { catalog }: Pick<ParamPorts, 'catalog'>,
  { apiVersion = '', kind = '' }: V1ParamKind,
): Result<ApiResource, string> {
  const found = [RESOURCES, catalog.rows()]
    .flat()
    .find((row) => row.kind === kind && groupVersionOf(row) === apiVersion);
  if (found !== undefined) return ok(found);
  const text = `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
  return failed(`failed to find resource referenced by paramKind: '${text}'`);
}

/**
 * The parameters that a binding refers to, each of which a policy is asked with. `namespace` is that of the write; empty: it is
 * in none. None at all: the policy says nothing (apiserver, CollectParams).
 */
export async function collectParams(
  ports: ParamPorts,
  resource: ApiResource,
  ref: V1ParamRef,
  namespace: string,
): Promise<Result<readonly KubernetesObject[], string>> {
  const where = ref.namespace ?? '';
  if (!resource.namespaced && where !== '')
    return failed('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
  const within = where === '' ? namespace : where;
  if (resource.namespaced && within === '')
    return failed(
      'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
    );
  const found = await findParams(ports, resource, ref, resource.namespaced ? within : '');
  if (!found.ok) return found;
  if (found.value.length === 0 && ref.parameterNotFoundAction === 'Deny')
    return failed('no params found for policy binding with `Deny` parameterNotFoundAction');
  const prepared = await ports.converter.prepare(resource, found.value);
  if (!prepared.ok) return failed(prepared.error.message ?? '');
  return ok(found.value.map((each) => objectOf(servedView(resource, each))));
}

async function findParams(
  ports: ParamPorts,
  resource: ApiResource,
  { name = '', selector }: V1ParamRef,
  namespace: string,
): Promise<Result<readonly CachedObject[], string>> {
  const cache = cacheOf(ports, resource);
  if (name !== '') {
    const key = objectKey(resource, namespace, name);
    const cached = cache.get(key);
    if (cached !== undefined) return ok([cached]);
    // The cache may be a moment behind.
    const stored = await ports.storage.get(key);
    if (!stored.ok) return failed(stored.error.message ?? '');
    return ok(stored.value === undefined ? [] : [stored.value]);
  }
  const matcher = selectorOf(selector);
  if (!matcher.ok) return matcher;
  const all = [...cache.list(collectionPrefix(resource, namespace))];
  return ok(all.filter((each) => matcher.value.matches(objectOf(each).metadata?.labels)));
}
