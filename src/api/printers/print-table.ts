import type { CustomColumns } from '../crd/custom-type.js';
import type { KubernetesObject } from '../object.js';
import * as batch from './batch.js';
import * as cluster from './cluster.js';
import * as devices from './devices.js';
import { endpointSlicePrinter, endpointsPrinter } from './endpoints.js';
import { eventPrinter } from './events.js';
import * as extensions from './extensions.js';
import * as network from './network.js';
import { nodePrinter } from './nodes.js';
import { podPrinter } from './pods.js';
import * as policies from './policies.js';
import type { AnyPrinter } from './printer.js';
import { servicePrinter } from './services.js';
import type { Table, TableRow } from './table.js';
import * as volumes from './volumes.js';
import * as workloads from './workloads.js';

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

const ADMISSION = 'admissionregistration.k8s.io';
const FLOWCONTROL = 'flowcontrol.apiserver.k8s.io';
const NETWORKING = 'networking.k8s.io';
const RBAC = 'rbac.authorization.k8s.io';
const RESOURCE = 'resource.k8s.io';
const STORAGE = 'storage.k8s.io';

const PRINTERS: ReadonlyMap<string, AnyPrinter> = new Map<string, unknown>([
  ['pods', podPrinter],
  ['nodes', nodePrinter],
  ['services', servicePrinter],
  ['endpoints', endpointsPrinter],
  ['events', eventPrinter],
  ['namespaces', cluster.namespacePrinter],
  ['secrets', cluster.secretPrinter],
  ['configmaps', cluster.configMapPrinter],
  ['serviceaccounts', cluster.serviceAccountPrinter],
  ['persistentvolumes', volumes.persistentVolumePrinter],
  ['persistentvolumeclaims', volumes.persistentVolumeClaimPrinter],
  ['podtemplates', workloads.podTemplatePrinter],
  ['replicationcontrollers', workloads.replicationControllerPrinter],
  ['resourcequotas', policies.resourceQuotaPrinter],
  ['apps/controllerrevisions', workloads.controllerRevisionPrinter],
  ['apps/daemonsets', workloads.daemonSetPrinter],
  ['apps/deployments', workloads.deploymentPrinter],
  ['apps/replicasets', workloads.replicaSetPrinter],
  ['apps/statefulsets', workloads.statefulSetPrinter],
  ['autoscaling/horizontalpodautoscalers', policies.horizontalPodAutoscalerPrinter],
  ['batch/cronjobs', batch.cronJobPrinter],
  ['batch/jobs', batch.jobPrinter],
  ['certificates.k8s.io/certificatesigningrequests', extensions.certificateSigningRequestPrinter],
  ['coordination.k8s.io/leases', cluster.leasePrinter],
  ['discovery.k8s.io/endpointslices', endpointSlicePrinter],
  ['node.k8s.io/runtimeclasses', extensions.runtimeClassPrinter],
  ['policy/poddisruptionbudgets', policies.podDisruptionBudgetPrinter],
  ['scheduling.k8s.io/priorityclasses', policies.priorityClassPrinter],
  ['apiregistration.k8s.io/apiservices', extensions.apiServicePrinter],
  [`${ADMISSION}/mutatingwebhookconfigurations`, extensions.webhookConfigurationPrinter],
  [`${ADMISSION}/validatingwebhookconfigurations`, extensions.webhookConfigurationPrinter],
  [`${ADMISSION}/mutatingadmissionpolicies`, extensions.mutatingAdmissionPolicyPrinter],
  [`${ADMISSION}/mutatingadmissionpolicybindings`, extensions.admissionPolicyBindingPrinter],
  [`${ADMISSION}/validatingadmissionpolicies`, extensions.validatingAdmissionPolicyPrinter],
  [`${ADMISSION}/validatingadmissionpolicybindings`, extensions.admissionPolicyBindingPrinter],
  [`${FLOWCONTROL}/flowschemas`, extensions.flowSchemaPrinter],
  [`${FLOWCONTROL}/prioritylevelconfigurations`, extensions.priorityLevelPrinter],
  [`${NETWORKING}/ingressclasses`, network.ingressClassPrinter],
  [`${NETWORKING}/ingresses`, network.ingressPrinter],
  [`${NETWORKING}/ipaddresses`, network.ipAddressPrinter],
  [`${NETWORKING}/networkpolicies`, network.networkPolicyPrinter],
  [`${NETWORKING}/servicecidrs`, network.serviceCidrPrinter],
  [`${RBAC}/rolebindings`, cluster.roleBindingPrinter],
  [`${RBAC}/clusterrolebindings`, cluster.roleBindingPrinter],
  [`${RESOURCE}/deviceclasses`, devices.namedPrinter],
  [`${RESOURCE}/resourceclaims`, devices.resourceClaimPrinter],
  [`${RESOURCE}/resourceclaimtemplates`, devices.namedPrinter],
  [`${RESOURCE}/resourceslices`, devices.resourceSlicePrinter],
  [`${STORAGE}/csidrivers`, volumes.csiDriverPrinter],
  [`${STORAGE}/csinodes`, volumes.csiNodePrinter],
  [`${STORAGE}/csistoragecapacities`, volumes.csiStorageCapacityPrinter],
  [`${STORAGE}/storageclasses`, volumes.storageClassPrinter],
  [`${STORAGE}/volumeattachments`, volumes.volumeAttachmentPrinter],
  [`${STORAGE}/volumeattributesclasses`, volumes.volumeAttributesClassPrinter],
]) as ReadonlyMap<string, AnyPrinter>;

/** Objects of one resource (see `resourceKeyOf`; a custom one has its own columns) as the table that `kubectl get` prints. */
export function printTable(
  key: string | CustomColumns,
  objects: readonly KubernetesObject[],
  options: PrintOptions,
): Table {
  const printer =
    typeof key === 'string'
      ? (PRINTERS.get(key) ?? cluster.plainPrinter)
      : {
          columns: key.definitions,
          cells: (object: KubernetesObject, nowMs: number) => key.cells(object, nowMs),
        };
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
  const shown = rowObject(object, options);
  if (shown !== undefined) row.object = shown;
  return row;
}

/** What of an object a row carries. */
export function rowObject(
  object: KubernetesObject,
  { includeObject }: Pick<PrintOptions, 'includeObject'>,
): KubernetesObject | undefined {
  if (includeObject === 'Object') return object;
  return includeObject === 'Metadata' ? metadataOf(object) : undefined;
}

function metadataOf(object: KubernetesObject): KubernetesObject {
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: object.metadata ?? {},
  };
}
