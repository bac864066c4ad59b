import { badRequest, unexplained } from '../../api/index.js';
import type { KubernetesObject } from '../../api/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { objectOf } from '../watch-cache/cached-object.js';
import { getObject } from './get.js';
import { kubeletOf, NODES } from './kubelet-address.js';
import { objectKey } from './object-key.js';
import { chooseContainer } from './pod-container.js';
import type { PodWithContainers } from './pod-container.js';
import { cacheOf } from './ports.js';
import type { RegistryPorts } from './ports.js';
import { isTrue } from '../request-info.js';
import type { RegistryReply, ResourceRequest } from './resource-request.js';

/** What upgrades a connection, and leads to the pod's kubelet. */
export const POD_STREAMS: ReadonlySet<string> = new Set(['attach', 'exec', 'portforward']);

/**
 * Finds the kubelet that would serve such a stream, with kube-apiserver's words for what is wrong with the request. No
 * kubelet here serves one: it is a kubelet that refuses connections, for WebSocket and for SPDY, before any upgrade.
 */
export async function streamFromRequest(
  ports: RegistryPorts,
  request: ResourceRequest,
): Promise<Outcome<RegistryReply>> {
  const { target, query } = request;
  // A WebSocket begins with a GET, and would let in who may only read.
  const allowed = await request.mayCreate();
  if (!allowed.ok) return allowed;
  const admitted = await ports.admission.review({
    operation: 'CONNECT',
    resource: request.resource,
    subresource: target.subresource,
    namespace: target.namespace,
    name: target.name,
    object: connectOptions(request),
    old: undefined,
    user: request.user,
    request,
  });
  if (!admitted.ok) return admitted;
  const found = await getObject(ports, { ...request, query: {} });
  if (!found.ok) return found;
  const pod: PodWithContainers = found.value;
  if (target.subresource !== 'portforward') {
    const container = chooseContainer(pod, query['container'] ?? '');
    if (!container.ok) return container;
  }
  const name = pod.spec?.nodeName ?? '';
  if (name === '') return refuse(badRequest(`pod ${target.name} does not have a host assigned`));
  const node = cacheOf(ports, NODES).get(objectKey(NODES, '', name));
  if (node === undefined) return refuse(unexplained(`nodes "${name}" not found`));
  const { host, port } = kubeletOf(objectOf(node));
  if (request.upgrades !== true) return refuse(badRequest('Upgrade request required'));
  return refuse(
    unexplained(`error dialing backend: dial tcp ${host}:${port}: connect: connection refused`),
  );
}

const FLAGS = ['stdin', 'stdout', 'stderr', 'tty'] as const;
const KINDS: Readonly<Record<string, string>> = {
  attach: 'PodAttachOptions',
  exec: 'PodExecOptions',
  portforward: 'PodPortForwardOptions',
};

/** What a client asks of a connection, as webhooks are told of it. */
function connectOptions({ target, query, repeated = {} }: ResourceRequest): KubernetesObject {
  const { container } = query;
  const options: KubernetesObject = { kind: KINDS[target.subresource] ?? '', apiVersion: 'v1' };
  const { command = [], ports = [] } = repeated;
  if (target.subresource === 'portforward')
    return ports.length === 0 ? options : { ...options, ports: ports.map(Number) };
  for (const flag of FLAGS) if (isTrue(query[flag])) options[flag] = true;
  if (container !== undefined && container !== '') options['container'] = container;
  return target.subresource === 'exec' ? { ...options, command: [...command] } : options;
}
