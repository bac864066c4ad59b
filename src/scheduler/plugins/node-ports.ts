import type { V1Pod } from '../../api/index.js';
import type { Plugin } from '../framework.js';

interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

/** Two pods cannot have the same port of a node. */
export const nodePorts: Plugin = {
  name: 'NodePorts',
  mayHelp: ['node-added', 'pod-removed'],
  fits: (pod, node) => {
    const wanted = hostPorts(pod);
    if (wanted.length === 0) return undefined;
    const used = [...node.pods.values()].flatMap(hostPorts);
    if (!wanted.some((port) => used.some((other) => conflict(port, other)))) return undefined;
    return {
      reasons: ["node(s) didn't have free ports for the requested pod ports"],
      resolvable: true,
    };
  },
};

function hostPorts(pod: V1Pod): HostPort[] {
  const containers = [
    ...(pod.spec?.initContainers ?? []).filter(isSidecar),
    ...(pod.spec?.containers ?? []),
  ];
  return containers.flatMap((container) =>
    (container.ports ?? []).flatMap(({ hostPort = 0, hostIP = '', protocol = 'TCP' }) =>
      hostPort === 0 ? [] : [{ ip: hostIP === '' ? '0.0.0.0' : hostIP, protocol, port: hostPort }],
    ),
  );
}

function isSidecar(container: { readonly restartPolicy?: string }): boolean {
  return container.restartPolicy === 'Always';
}

function conflict(a: HostPort, b: HostPort): boolean {
  if (a.port !== b.port || a.protocol !== b.protocol) return false;
  return a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0';
}
