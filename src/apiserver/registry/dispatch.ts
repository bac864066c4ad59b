import {
  badRequest,
  findResource,
  isStatus,
  methodNotSupported,
  notFound,
  pathNotFound,
} from '../../api/index.js';
import type { ApiResource, ApiSubresource, Status } from '../../api/index.js';
import type { ApiVerb } from '../../protocol/index.js';
import { assertDefined, ok } from '../../base/index.js';
import type { CustomCatalog } from '../custom/catalog.js';
import { tokenFromRequest } from '../tokens/token-request.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import type { ResourceTarget } from '../request-info.js';
import { bindFromRequest } from './binding.js';
import { createFromRequest } from './create.js';
import { deleteFromRequest } from './delete.js';
import { deleteCollectionFromRequest } from './delete-collection.js';
import { evictFromRequest } from './eviction.js';
import { getFromRequest } from './get.js';
import { listFromRequest } from './list.js';
import { isPathSegment } from './object-key.js';
import { patchFromRequest } from './patch.js';
import { logsFromRequest } from './pod-logs.js';
import { POD_STREAMS, streamFromRequest } from './pod-streams.js';
import type { RegistryPorts } from './ports.js';
import { proxyFromRequest } from './proxy.js';
import type { RegistryReply, ResourceRequest } from './resource-request.js';
import { scaleFromRequest } from './scale.js';
import { updateFromRequest } from './update.js';

/** Where a path leads. */
export interface Route {
  readonly resource: ApiResource;
  readonly subresource: ApiSubresource | undefined;
}

/** Finds the resource of a request, and checks that it has the verb. */
export function routeOf(catalog: CustomCatalog, target: ResourceTarget): Outcome<Route> {
  const resource = catalog.find(target.group, target.version, target.resource);
  if (resource === undefined) return refuse(pathNotFound());
  const subresource = resource.subresources.find((each) => each.name === target.subresource);
  if (target.subresource !== '' && subresource === undefined) return refuse(pathNotFound());
  const isNamespace = resource.resource === 'namespaces' && resource.group === '';
  if (!resource.namespaced && !isNamespace && target.namespace !== '')
    return refuse(pathNotFound());
  const verbs: readonly string[] = subresource?.verbs ?? resource.verbs;
  if (!verbs.includes(target.verb) || !fits(target, resource)) return refuse(wrongMethod(target));
  if (!isPathSegment(target.name)) return refuse(notFound(resource, target.name));
  if (!isPathSegment(target.namespace)) return refuse(pathNotFound());
  return ok({ resource, subresource });
}

/** Whether a verb has what it is for: a name, or a collection in one namespace. */
function fits(
  { verb, name, namespace, subresource }: ResourceTarget,
  resource: ApiResource,
): boolean {
  const ofObject: readonly ApiVerb[] = ['get', 'update', 'patch', 'delete'];
  if (ofObject.includes(verb) && name === '') return false;
  if (verb === 'create' && (name === '') !== (subresource === '')) return false;
  if (verb === 'list' || verb === 'watch') return true;
  return !resource.namespaced || namespace !== '';
}

function wrongMethod(target: ResourceTarget): Status {
  const status = methodNotSupported(
    { group: target.group, resource: target.resource },
    target.verb,
  );
  return { ...status, message: 'the server does not allow this method on the requested resource' };
}

/** Carries out a request that is allowed. Watches have a way of their own (`planWatch`). */
export async function carryOutRequest(
  ports: RegistryPorts,
  request: ResourceRequest,
  subresource: ApiSubresource | undefined,
): Promise<Outcome<RegistryReply>> {
  const { resource: sentAs, target } = request;
  const { storedAs } = sentAs;
  // Collections are read through views of what is stored.
  const ofCollection = target.verb === 'list' || target.verb === 'deletecollection';
  if (storedAs === undefined || ofCollection) return await carryOut(ports, request, subresource);
  const { group, version, resource: plural } = storedAs;
  const resource = assertDefined(findResource(group, version, plural), plural);
  const done = await carryOut(ports, { ...request, resource, sentAs }, subresource);
  if (!done.ok || done.value.type !== 'object' || isStatus(done.value.object)) return done;
  return ok({ ...done.value, object: storedAs.fromStored(done.value.object) });
}

async function carryOut(
  ports: RegistryPorts,
  request: ResourceRequest,
  subresource: ApiSubresource | undefined,
): Promise<Outcome<RegistryReply>> {
  const { verb } = request.target;
  if (request.resource.resource === 'bindings' || subresource?.name === 'binding')
    return await bindFromRequest(ports, request);
  if (subresource?.name === 'eviction') return await evictFromRequest(ports, request);
  if (subresource?.name === 'log') return await logsFromRequest(ports, request);
  if (POD_STREAMS.has(subresource?.name ?? '')) return await streamFromRequest(ports, request);
  if (subresource?.name === 'proxy') return await proxyFromRequest(ports, request);
  if (subresource?.name === 'token') return await tokenFromRequest(ports, request, subresource);
  if (subresource?.name === 'scale') return await scaleFromRequest(ports, request, subresource);
  const part = subresource?.name ?? 'main';
  switch (verb) {
    case 'get':
      return await getFromRequest(ports, request);
    case 'list':
      return await listFromRequest(ports, request);
    case 'create':
      return await createFromRequest(ports, request);
    case 'update':
      return await updateFromRequest(ports, request, part);
    case 'patch':
      return await patchFromRequest(ports, request, part);
    case 'delete':
      return await deleteFromRequest(ports, request);
    case 'deletecollection':
      return await deleteCollectionFromRequest(ports, request);
    case 'watch':
      return refuse(badRequest('a watch is answered as a stream'));
    default:
      return refuse(wrongMethod(request.target));
  }
}
