import { notFound } from '../../api/index.js';
import type { KubernetesObject } from '../../api/index.js';
import { ok } from '../../base/index.js';
import { servedView } from '../custom/versions.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { objectOf } from '../watch-cache/cached-object.js';
import { objectKey } from './object-key.js';
import { cacheOf } from './ports.js';
import type { RegistryPorts } from './ports.js';
import { objectReply } from './resource-request.js';
import type { ObjectReply, ResourceRequest } from './resource-request.js';
import { readResourceVersion, waitForRevision } from './resource-version.js';

/** GET of an object: from the store, or from the cache where the client says how old it may be. */
export async function getFromRequest(
  ports: RegistryPorts,
  request: ResourceRequest,
): Promise<Outcome<ObjectReply>> {
  const found = await getObject(ports, request);
  return found.ok ? ok(objectReply(found.value)) : found;
}

/** The shared, read-only object. */
export async function getObject(
  ports: RegistryPorts,
  { resource, target, query }: ResourceRequest,
): Promise<Outcome<KubernetesObject>> {
  const key = objectKey(resource, target.namespace, target.name);
  const revision = readResourceVersion(query['resourceVersion']);
  if (!revision.ok) return revision;
  if (revision.value === undefined) {
    const stored = await ports.storage.get(key);
    if (!stored.ok) return stored;
    return stored.value === undefined
      ? refuse(notFound(resource, target.name))
      : ok(objectOf(servedView(resource, stored.value)));
  }
  const arrived = await waitForRevision(ports, Math.max(1, revision.value));
  if (!arrived.ok) return arrived;
  const cached = cacheOf(ports, resource).get(key);
  return cached === undefined
    ? refuse(notFound(resource, target.name))
    : ok(objectOf(servedView(resource, cached)));
}
