import * as core from './messages-core.js';
import * as workloads from './messages-workloads.js';
import * as access from './messages-access.js';
import * as extensions from './messages-extensions.js';
import * as network from './messages-network.js';
import * as devices from './messages-devices.js';
import * as meta from './messages-meta.js';

/** One group version as the protobuf files divide it. */
export interface MessagePackage {
  /** What its OpenAPI definitions are named by: `io.k8s.api.apps.v1`. */
  readonly name: string;
  /** As in paths; `meta` for what all groups share. */
  readonly group: string;
  readonly version: string;
  /** Its messages, in the notation of message-table.ts. */
  readonly text: string;
}

/** Name, group, version, messages. */
const ROWS: readonly (readonly [string, string, string, string])[] = [
  ['io.k8s.api.core.v1', '', 'v1', core.CORE_V1],
  ['io.k8s.api.apps.v1', 'apps', 'v1', workloads.APPS_V1],
  ['io.k8s.api.batch.v1', 'batch', 'v1', workloads.BATCH_V1],
  ['io.k8s.api.autoscaling.v1', 'autoscaling', 'v1', workloads.AUTOSCALING_V1],
  ['io.k8s.api.autoscaling.v2', 'autoscaling', 'v2', workloads.AUTOSCALING_V2],
  ['io.k8s.api.policy.v1', 'policy', 'v1', workloads.POLICY_V1],
  ['io.k8s.api.scheduling.v1', 'scheduling.k8s.io', 'v1', workloads.SCHEDULING_V1],
  [
    'io.k8s.api.scheduling.v1alpha2',
    'scheduling.k8s.io',
    'v1alpha2',
    workloads.SCHEDULING_V1ALPHA2,
  ],
  ['io.k8s.api.authentication.v1', 'authentication.k8s.io', 'v1', access.AUTHENTICATION_V1],
  ['io.k8s.api.authorization.v1', 'authorization.k8s.io', 'v1', access.AUTHORIZATION_V1],
  ['io.k8s.api.certificates.v1', 'certificates.k8s.io', 'v1', access.CERTIFICATES_V1],
  [
    'io.k8s.api.certificates.v1alpha1',
    'certificates.k8s.io',
    'v1alpha1',
    access.CERTIFICATES_V1ALPHA1,
  ],
  [
    'io.k8s.api.certificates.v1beta1',
    'certificates.k8s.io',
    'v1beta1',
    access.CERTIFICATES_V1BETA1,
  ],
  ['io.k8s.api.rbac.v1', 'rbac.authorization.k8s.io', 'v1', access.RBAC_V1],
  ['io.k8s.api.flowcontrol.v1', 'flowcontrol.apiserver.k8s.io', 'v1', access.FLOWCONTROL_V1],
  [
    'io.k8s.api.admissionregistration.v1',
    'admissionregistration.k8s.io',
    'v1',
    extensions.ADMISSIONREGISTRATION_V1,
  ],
  [
    'io.k8s.api.admissionregistration.v1alpha1',
    'admissionregistration.k8s.io',
    'v1alpha1',
    extensions.ADMISSIONREGISTRATION_V1ALPHA1,
  ],
  [
    'io.k8s.api.admissionregistration.v1beta1',
    'admissionregistration.k8s.io',
    'v1beta1',
    extensions.ADMISSIONREGISTRATION_V1BETA1,
  ],
  [
    'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
    'apiextensions.k8s.io',
    'v1',
    extensions.APIEXTENSIONS_V1,
  ],
  [
    'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
    'apiregistration.k8s.io',
    'v1',
    extensions.APIREGISTRATION_V1,
  ],
  [
    'io.k8s.api.apiserverinternal.v1alpha1',
    'internal.apiserver.k8s.io',
    'v1alpha1',
    extensions.APISERVERINTERNAL_V1ALPHA1,
  ],
  [
    'io.k8s.api.storagemigration.v1beta1',
    'storagemigration.k8s.io',
    'v1beta1',
    extensions.STORAGEMIGRATION_V1BETA1,
  ],
  ['io.k8s.api.networking.v1', 'networking.k8s.io', 'v1', network.NETWORKING_V1],
  ['io.k8s.api.networking.v1beta1', 'networking.k8s.io', 'v1beta1', network.NETWORKING_V1BETA1],
  ['io.k8s.api.discovery.v1', 'discovery.k8s.io', 'v1', network.DISCOVERY_V1],
  ['io.k8s.api.coordination.v1', 'coordination.k8s.io', 'v1', network.COORDINATION_V1],
  [
    'io.k8s.api.coordination.v1alpha2',
    'coordination.k8s.io',
    'v1alpha2',
    network.COORDINATION_V1ALPHA2,
  ],
  [
    'io.k8s.api.coordination.v1beta1',
    'coordination.k8s.io',
    'v1beta1',
    network.COORDINATION_V1BETA1,
  ],
  ['io.k8s.api.events.v1', 'events.k8s.io', 'v1', network.EVENTS_V1],
  ['io.k8s.api.node.v1', 'node.k8s.io', 'v1', network.NODE_V1],
  ['io.k8s.api.storage.v1', 'storage.k8s.io', 'v1', network.STORAGE_V1],
  ['io.k8s.api.storage.v1beta1', 'storage.k8s.io', 'v1beta1', network.STORAGE_V1BETA1],
  ['io.k8s.api.resource.v1', 'resource.k8s.io', 'v1', devices.RESOURCE_V1],
  ['io.k8s.api.resource.v1alpha3', 'resource.k8s.io', 'v1alpha3', devices.RESOURCE_V1ALPHA3],
  ['io.k8s.api.resource.v1beta1', 'resource.k8s.io', 'v1beta1', devices.RESOURCE_V1BETA1],
  ['io.k8s.api.resource.v1beta2', 'resource.k8s.io', 'v1beta2', devices.RESOURCE_V1BETA2],
  ['io.k8s.apimachinery.pkg.apis.meta.v1', 'meta', 'v1', meta.META_V1],
];

export function messagePackages(): readonly MessagePackage[] {
  return ROWS.map(([name, group, version, text]) => ({ name, group, version, text }));
}
