import { badRequest, findResource, goQuote, serviceUnavailable } from '../../api/index.js';
import type { KubernetesObject } from '../../api/index.js';
import { assertDefined, ok } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { objectOf } from '../watch-cache/cached-object.js';
import { getObject } from './get.js';
import { kubeletOf } from './kubelet-address.js';
import { objectKey } from './object-key.js';
import { cacheOf } from './ports.js';
import type { RegistryPorts } from './ports.js';
import type { RegistryReply, ResourceRequest } from './resource-request.js';

/** What a client names: `NAME`, `NAME:PORT`, or `SCHEME:NAME:PORT`. Absent parts are empty. */
interface ProxyName {
  readonly scheme: string;
  readonly name: string;
  readonly port: string;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { '': '80', http: '80', https: '443' };

/**
 * `pods/proxy`, `services/proxy` and `nodes/proxy`: finds where the request would be passed on to, with kube-apiserver's words for
 * what is wrong with it. Nothing is passed on yet, and nobody is dialled, not even a Service's endpoints elsewhere: as no pod and no
 * kubelet here listens to anything, the answer is that of a port that refuses connections.
 */
export async function proxyFromRequest(
  ports: RegistryPorts,
  request: ResourceRequest,
): Promise<Outcome<RegistryReply>> {
  const { resource, target } = request;
  const kind = resource.resource.slice(0, -1);
  const at = proxyName(target.name);
  const admitted = await ports.admission.review({
    operation: 'CONNECT',
    resource,
    subresource: target.subresource,
    namespace: target.namespace,
    name: target.name,
    object: { kind: `${resource.kind}ProxyOptions`, apiVersion: 'v1', path: target.rest },
    old: undefined,
    user: request.user,
    request,
  });
  if (!admitted.ok) return admitted;
  if (at === undefined)
    return refuse(badRequest(`invalid ${kind} request ${goQuote(target.name)}`));
  const found = await getObject(ports, {
    ...request,
    target: { ...target, name: at.name },
    query: {},
  });
  if (!found.ok) return found;
  const address =
    kind === 'pod'
      ? podAddress(found.value, at)
      : kind === 'node'
        ? ok(nodeAddress(found.value, at))
        : serviceAddress(ports, found.value, at, target.name);
  if (!address.ok) return address;
  const reason = `dial tcp ${address.value}: connect: connection refused`;
  return refuse(serviceUnavailable(`error trying to reach service: ${reason}`));
}

/** Undefined: it is none (apimachinery, SplitSchemeNamePort). */
function proxyName(text: string): ProxyName | undefined {
  const parts = text.split(':');
  if (parts.length > 3) return undefined;
  const [scheme = '', name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts];
  return name !== '' && Object.hasOwn(DEFAULT_PORTS, scheme) ? { scheme, name, port } : undefined;
}

interface Pod extends KubernetesObject {
  spec?: {
    readonly containers?: readonly {
      readonly ports?: readonly { readonly containerPort: number }[];
    }[];
  };
  status?: { readonly podIP?: string };
}

function podAddress({ spec, status }: Pod, { scheme, port }: ProxyName): Outcome<string> {
  const address = status?.podIP ?? '';
  if (address === '') return refuse(badRequest('address not allowed'));
  const first = spec?.containers?.find(({ ports = [] }) => ports.length > 0)?.ports?.[0];
  const own = first === undefined ? DEFAULT_PORTS[scheme] : String(first.containerPort);
  return ok(hostPort(address, port === '' ? (own ?? '') : port));
}

function nodeAddress(node: KubernetesObject, { port }: ProxyName): string {
  const kubelet = kubeletOf(node);
  return hostPort(kubelet.host, port === '' ? kubelet.port : port);
}

interface ServicePort {
  readonly name?: string;
  readonly port: number;
}

interface Service extends KubernetesObject {
  spec?: { readonly ports?: readonly ServicePort[] };
}

interface Endpoints extends KubernetesObject {
  subsets?: readonly {
    readonly addresses?: readonly { readonly ip: string }[];
    readonly ports?: readonly ServicePort[];
  }[];
}

const ENDPOINTS = assertDefined(findResource('', 'v1', 'endpoints'), 'endpoints');

function serviceAddress(
  ports: RegistryPorts,
  { metadata, spec }: Service,
  { name, port }: ProxyName,
  asked: string,
): Outcome<string> {
  let portName = port;
  if (/^\d+$/.test(port)) {
    const numbered = spec?.ports?.find((each) => each.port === Number(port));
    if (numbered === undefined)
      return refuse(serviceUnavailable(`no service port ${port} found for service "${name}"`));
    portName = numbered.name ?? '';
  }
  const key = objectKey(ENDPOINTS, metadata?.namespace ?? '', name);
  const cached = cacheOf(ports, ENDPOINTS).get(key);
  const { subsets = [] }: Endpoints = cached === undefined ? {} : objectOf(cached);
  if (subsets.length === 0)
    return refuse(serviceUnavailable(`no endpoints available for service "${name}"`));
  for (const { addresses = [], ports: open = [] } of subsets) {
    const ip = addresses[0]?.ip;
    const found = open.find((each) => (each.name ?? '') === portName);
    if (ip !== undefined && found !== undefined) return ok(hostPort(ip, String(found.port)));
  }
  return refuse(serviceUnavailable(`no endpoints available for service "${asked}"`));
}

function hostPort(host: string, port: string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
