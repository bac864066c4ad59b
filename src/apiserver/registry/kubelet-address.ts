import { findResource } from '../../api/index.js';
import type { KubernetesObject } from '../../api/index.js';
import { assertDefined } from '../../base/index.js';

export const NODES = assertDefined(findResource('', 'v1', 'nodes'), 'nodes');

interface Node extends KubernetesObject {
  status?: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly daemonEndpoints?: { readonly kubeletEndpoint?: { readonly Port?: number } };
  };
}

/** kube-apiserver's --kubelet-preferred-address-types. */
const PREFERRED_ADDRESSES = ['Hostname', 'InternalDNS', 'InternalIP', 'ExternalDNS', 'ExternalIP'];
const KUBELET_PORT = 10_250;

/** Where a node says that its kubelet listens. */
export function kubeletOf(node: Node): { readonly host: string; readonly port: string } {
  const { addresses = [], daemonEndpoints } = node.status ?? {};
  const preferred = PREFERRED_ADDRESSES.map((type) => addresses.find((each) => each.type === type));
  const host = preferred.find((each) => each !== undefined)?.address ?? node.metadata?.name ?? '';
  return { host, port: String(daemonEndpoints?.kubeletEndpoint?.Port ?? KUBELET_PORT) };
}
