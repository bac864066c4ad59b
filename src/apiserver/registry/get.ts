import { notFound } from '../../api/index.js';
import type { KubernetesObject } from '../../api/index.js';
import { ok } from '../../base/index.js';
import { servedView } from '../custom/versions.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { objectOf } from '../watch-cache/cached-object.js';
import type { CachedObject } from '../watch-cache/cached-object.js';
import { objectKey } from './object-key.js';
import { cacheOf } from './ports.js';
import type { RegistryPorts } from './ports.js';
import { objectReply } from './resource-request.js';
import type { ObjectReply, ResourceRequest } from './resource-request.js';
import { currentRevision, readResourceVersion, waitForRevision } from './resource-version.js';

/** GET of an object, as it is now, or as old as the client says that it may be. */
export async function getFromRequest(
  ports: RegistryPorts,
  request: ResourceRequest,
): Promise<Outcome<ObjectReply>> {
  const found = await getCached(ports, request);
  if (!found.ok) return found;
  return ok({ ...objectReply(objectOf(found.value)), shared: found.value });
}

/** The shared, read-only object. */
export async function getObject(
  ports: RegistryPorts,
  request: ResourceRequest,
): Promise<Outcome<KubernetesObject>> {
  const found = await getCached(ports, request);
  return found.ok ? ok(objectOf(found.value)) : found;
}

/**
 * From the cache: where nothing else is asked for, once it has all that the store had acknowledged before this call. So all
 * who ask at once cost the store one read, and what was decoded once is not decoded again. A cache that lags is passed by.
 */
async function getCached(
  ports: RegistryPorts,
  { resource, target, query }: ResourceRequest,
): Promise<Outcome<CachedObject>> {
  const key = objectKey(resource, target.namespace, target.name);
  const revision = readResourceVersion(query['resourceVersion']);
  if (!revision.ok) return revision;
  const arrived =
    revision.value === undefined
      ? await currentRevision(ports)
      : await waitForRevision(ports, Math.max(1, revision.value));
  if (!arrived.ok) return arrived;
  const isBehind = arrived.value?.cached === false;
  const found = isBehind ? await ports.storage.get(key) : ok(cacheOf(ports, resource).get(key));
  if (!found.ok) return found;
  if (found.value === undefined) return refuse(notFound(resource, target.name));
  const prepared = await ports.converter.prepare(resource, [found.value]);
  return prepared.ok ? ok(servedView(resource, found.value)) : prepared;
}
