import { maybe } from '../absent.js';
import type {
  V1ControllerRevision,
  V1DaemonSet,
  V1Deployment,
  V1PodTemplate,
  V1ReplicaSet,
  V1ReplicationController,
  V1StatefulSet,
} from '../generated/types.js';
import type { Printer } from './printer.js';
import type { TableCell } from './table.js';
import { AGE, NAME, column, labelsText, NONE, since } from './printer.js';
import {
  CONTAINER_COLUMNS,
  containerCells,
  TEMPLATE_COLUMNS,
  templateCells,
} from './template-cells.js';

export const deploymentPrinter: Printer<V1Deployment> = {
  columns: [
    NAME,
    column('Ready', 'string', 'How many of the wanted pods are ready.'),
    column('Up-to-date', 'string', 'How many pods have the wanted template.'),
    column('Available', 'string', 'How many pods have been ready for minReadySeconds.'),
    AGE,
    ...TEMPLATE_COLUMNS,
  ],
  cells: ({ metadata, spec, status }, nowMs) => [
    metadata?.name ?? '',
    `${String(status?.readyReplicas ?? 0)}/${String(spec?.replicas ?? 0)}`,
    status?.updatedReplicas ?? 0,
    status?.availableReplicas ?? 0,
    since(metadata?.creationTimestamp, nowMs),
    ...templateCells(maybe(spec?.template)?.spec, spec?.selector),
  ],
};

/** Of replica sets and of their elder kin. */
const REPLICA_COLUMNS = [
  NAME,
  column('Desired', 'integer', 'How many pods are wanted.'),
  column('Current', 'integer', 'How many pods there are.'),
  column('Ready', 'integer', 'How many pods are ready.'),
  AGE,
  ...TEMPLATE_COLUMNS,
];

export const replicaSetPrinter: Printer<V1ReplicaSet> = {
  columns: REPLICA_COLUMNS,
  cells: (replicaSet, nowMs) => [
    ...replicaCells(replicaSet, nowMs),
    ...templateCells(replicaSet.spec?.template?.spec, replicaSet.spec?.selector),
  ],
};

export const replicationControllerPrinter: Printer<V1ReplicationController> = {
  columns: REPLICA_COLUMNS,
  cells: (controller, nowMs) => [
    ...replicaCells(controller, nowMs),
    ...containerCells(controller.spec?.template?.spec),
    labelsText(controller.spec?.selector),
  ],
};

function replicaCells(
  { metadata, spec, status }: V1ReplicaSet | V1ReplicationController,
  nowMs: number,
): TableCell[] {
  return [
    metadata?.name ?? '',
    spec?.replicas ?? 0,
    status?.replicas ?? 0,
    status?.readyReplicas ?? 0,
    since(metadata?.creationTimestamp, nowMs),
  ];
}

export const daemonSetPrinter: Printer<V1DaemonSet> = {
  columns: [
    NAME,
    column('Desired', 'integer', 'How many nodes should run its pod.'),
    column('Current', 'integer', 'How many nodes that should run its pod have one.'),
    column('Ready', 'integer', 'On how many of them it is ready.'),
    column('Up-to-date', 'integer', 'On how many of them it has the wanted template.'),
    column('Available', 'integer', 'On how many of them it has been ready for minReadySeconds.'),
    column('Node Selector', 'string', 'The labels of the nodes that should run its pod.'),
    AGE,
    ...TEMPLATE_COLUMNS,
  ],
  cells: ({ metadata, spec, status }, nowMs) => [
    metadata?.name ?? '',
    status?.desiredNumberScheduled ?? 0,
    status?.currentNumberScheduled ?? 0,
    status?.numberReady ?? 0,
    status?.updatedNumberScheduled ?? 0,
    status?.numberAvailable ?? 0,
    labelsText(maybe(spec?.template)?.spec?.nodeSelector),
    since(metadata?.creationTimestamp, nowMs),
    ...templateCells(maybe(spec?.template)?.spec, spec?.selector),
  ],
};

export const statefulSetPrinter: Printer<V1StatefulSet> = {
  columns: [
    NAME,
    column('Ready', 'string', 'How many of the wanted pods are ready.'),
    AGE,
    ...CONTAINER_COLUMNS,
  ],
  cells: ({ metadata, spec, status }, nowMs) => [
    metadata?.name ?? '',
    `${String(status?.readyReplicas ?? 0)}/${String(spec?.replicas ?? 0)}`,
    since(metadata?.creationTimestamp, nowMs),
    ...containerCells(maybe(spec?.template)?.spec),
  ],
};

export const controllerRevisionPrinter: Printer<V1ControllerRevision> = {
  columns: [
    NAME,
    column('Controller', 'string', 'The object whose state this is.'),
    column('Revision', 'integer', 'The number of the state.'),
    AGE,
  ],
  cells: ({ metadata, revision }, nowMs) => {
    const owner = metadata?.ownerReferences?.find((each) => each.controller === true);
    return [
      metadata?.name ?? '',
      owner === undefined ? NONE : controllerText(owner.apiVersion, owner.kind, owner.name),
      maybe(revision) ?? 0,
      since(metadata?.creationTimestamp, nowMs),
    ];
  },
};

/** `statefulset.apps/web`. */
function controllerText(apiVersion = '', kind = '', name = ''): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/', 1)[0] ?? ''}` : '';
  return `${kind.toLowerCase()}${group}/${name}`;
}

export const podTemplatePrinter: Printer<V1PodTemplate> = {
  columns: [
    NAME,
    column('Containers', 'string', 'The names of the containers of the template.'),
    column('Images', 'string', 'The images of the containers of the template.'),
    column('Pod Labels', 'string', 'The labels of the pods that are made from it.'),
  ],
  cells: ({ metadata, template }) => [
    metadata?.name ?? '',
    ...containerCells(template?.spec),
    labelsText(template?.metadata?.labels),
  ],
};
