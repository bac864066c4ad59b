import { listOf, maybe } from '../absent.js';
import type { V1Deployment, V1LabelSelector, V1PodSpec, V1ReplicaSet } from '../generated/types.js';
import { labelSelectorFromObject, labelSelectorText } from '../selector/index.js';
import type { Printer } from './printer.js';
import { AGE, NAME, column, orNone, since } from './printer.js';

const TEMPLATE_COLUMNS = [
  column('Containers', 'string', 'The names of the containers of the template.', { wide: true }),
  column('Images', 'string', 'The images of the containers of the template.', { wide: true }),
  column('Selector', 'string', 'The labels of the pods that belong to it.', { wide: true }),
];

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

export const replicaSetPrinter: Printer<V1ReplicaSet> = {
  columns: [
    NAME,
    column('Desired', 'integer', 'How many pods are wanted.'),
    column('Current', 'integer', 'How many pods there are.'),
    column('Ready', 'integer', 'How many pods are ready.'),
    AGE,
    ...TEMPLATE_COLUMNS,
  ],
  cells: ({ metadata, spec, status }, nowMs) => [
    metadata?.name ?? '',
    spec?.replicas ?? 0,
    status?.replicas ?? 0,
    status?.readyReplicas ?? 0,
    since(metadata?.creationTimestamp, nowMs),
    ...templateCells(spec?.template?.spec, spec?.selector),
  ],
};

function templateCells(
  spec: V1PodSpec | undefined,
  selector: V1LabelSelector | undefined,
): string[] {
  const containers = listOf(spec?.containers);
  return [
    containers.map((each) => each.name).join(','),
    containers.map((each) => each.image ?? '').join(','),
    selectorText(selector),
  ];
}

function selectorText(selector: V1LabelSelector | undefined): string {
  const matcher = labelSelectorFromObject(selector);
  return matcher.ok ? orNone(labelSelectorText(matcher.value)) : '<error>';
}
