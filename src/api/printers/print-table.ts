import type { KubernetesObject } from '../object.js';
import {
  configMapPrinter,
  leasePrinter,
  namespacePrinter,
  plainPrinter,
  roleBindingPrinter,
  secretPrinter,
  serviceAccountPrinter,
} from './cluster.js';
import { endpointSlicePrinter, endpointsPrinter } from './endpoints.js';
import { eventPrinter } from './events.js';
import { nodePrinter } from './nodes.js';
import { podPrinter } from './pods.js';
import type { AnyPrinter } from './printer.js';
import { servicePrinter } from './services.js';
import type { Table, TableRow } from './table.js';
import { deploymentPrinter, replicaSetPrinter } from './workloads.js';

export interface PrintOptions {
  /** Now, since 1970: ages are counted to it. */
  readonly nowMs: number;
  /** What each row carries beside its cells. Kubernetes' default is `Metadata`. */
  readonly includeObject: 'None' | 'Metadata' | 'Object';
  /** Leaves out the column definitions: the second and later events of a watch. */
  readonly noHeaders?: boolean;
  /** The list's metadata, or for a single object its resourceVersion. */
  readonly metadata?: Table['metadata'];
}

const PRINTERS: ReadonlyMap<string, AnyPrinter> = new Map<string, unknown>([
  ['pods', podPrinter],
  ['nodes', nodePrinter],
  ['services', servicePrinter],
  ['endpoints', endpointsPrinter],
  ['events', eventPrinter],
  ['namespaces', namespacePrinter],
  ['secrets', secretPrinter],
  ['configmaps', configMapPrinter],
  ['serviceaccounts', serviceAccountPrinter],
  ['apps/deployments', deploymentPrinter],
  ['apps/replicasets', replicaSetPrinter],
  ['discovery.k8s.io/endpointslices', endpointSlicePrinter],
  ['coordination.k8s.io/leases', leasePrinter],
  ['rbac.authorization.k8s.io/rolebindings', roleBindingPrinter],
  ['rbac.authorization.k8s.io/clusterrolebindings', roleBindingPrinter],
]) as ReadonlyMap<string, AnyPrinter>;

/** Objects of one resource (see `resourceKeyOf`) as the table that `kubectl get` prints. */
export function printTable(
  key: string,
  objects: readonly KubernetesObject[],
  options: PrintOptions,
): Table {
  const printer = PRINTERS.get(key) ?? plainPrinter;
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata ?? {},
    columnDefinitions: options.noHeaders === true ? [] : printer.columns,
    rows: objects.map((object) => printRow(printer, object, options)),
  };
}

function printRow(printer: AnyPrinter, object: KubernetesObject, options: PrintOptions): TableRow {
  const row: TableRow = { cells: printer.cells(object, options.nowMs) };
  const conditions = printer.conditions?.(object);
  if (conditions !== undefined) row.conditions = conditions;
  if (options.includeObject === 'Object') row.object = object;
  if (options.includeObject === 'Metadata') row.object = metadataOf(object);
  return row;
}

function metadataOf(object: KubernetesObject): KubernetesObject {
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: object.metadata ?? {},
  };
}
