import { listOf } from '../absent.js';
import type { V1Node } from '../generated/types.js';
import type { Printer } from './printer.js';
import { AGE, NAME, column, orNone, orUnknown, since } from './printer.js';

const ROLE_PREFIX = 'node-role.kubernetes.io/';
const ROLE_LABEL = 'kubernetes.io/role';
const WIDE = { wide: true };

export const nodePrinter: Printer<V1Node> = {
  columns: [
    NAME,
    column(
      'Status',
      'string',
      'Whether the node is ready, and whether pods are scheduled onto it.',
    ),
    column('Roles', 'string', 'The roles that its labels give it.'),
    AGE,
    column('Version', 'string', 'The version of its kubelet.'),
    column('Internal-IP', 'string', 'Its address within the cluster.', WIDE),
    column('External-IP', 'string', 'Its address outside of the cluster.', WIDE),
    column('OS-Image', 'string', 'Its operating system.', WIDE),
    column('Kernel-Version', 'string', 'The version of its kernel.', WIDE),
    column('Container-Runtime', 'string', 'Its container runtime and that one’s version.', WIDE),
  ],
  cells: (node, nowMs) => {
    const info = node.status?.nodeInfo;
    return [
      node.metadata?.name ?? '',
      nodeStatus(node),
      orNone(nodeRoles(node).join(',')),
      since(node.metadata?.creationTimestamp, nowMs),
      info?.kubeletVersion ?? '',
      orNone(addressOf(node, 'InternalIP')),
      orNone(addressOf(node, 'ExternalIP')),
      orUnknown(info?.osImage),
      orUnknown(info?.kernelVersion),
      orUnknown(info?.containerRuntimeVersion),
    ];
  },
};

function nodeStatus(node: V1Node): string {
  const ready = listOf(node.status?.conditions).find((each) => each.type === 'Ready');
  const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'];
  if (node.spec?.unschedulable === true) words.push('SchedulingDisabled');
  return words.join(',');
}

function nodeRoles(node: V1Node): string[] {
  const roles = new Set<string>();
  for (const [label, value] of Object.entries(node.metadata?.labels ?? {})) {
    if (label.startsWith(ROLE_PREFIX)) roles.add(label.slice(ROLE_PREFIX.length));
    else if (label === ROLE_LABEL) roles.add(value);
  }
  roles.delete('');
  return [...roles].sort();
}

function addressOf(node: V1Node, type: string): string | undefined {
  return listOf(node.status?.addresses).find((each) => each.type === type)?.address;
}
