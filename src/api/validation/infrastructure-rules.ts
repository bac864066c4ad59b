import { checkControllerRevision, checkControllerRevisionUpdate } from './controller-revision.js';
import * as csiDriver from './csi-driver.js';
import * as csiNode from './csi-node.js';
import { checkResourceClaimStatus } from './claim-status.js';
import * as device from './device-claim.js';
import { checkFlowConditions, checkFlowSchema } from './flow-schema.js';
import type { NameRule } from './object-meta.js';
import { checkPriorityLevel } from './priority-level.js';
import { checkResourceSlice, checkResourceSliceUpdate } from './resource-slice.js';
import type { RuleEntries } from './rule.js';
import { CLUSTER_SUBDOMAIN, SUBDOMAIN, ofStatus, rule } from './rule.js';
import * as cidr from './service-cidr.js';
import { strictIpProblems } from './strict-ip.js';
import * as attachment from './volume-attachment.js';

const FLOWCONTROL = 'flowcontrol.apiserver.k8s.io';
const RESOURCE = 'resource.k8s.io';
const STORAGE = 'storage.k8s.io';

const ADDRESS: NameRule = { namespaced: false, problems: strictIpProblems };

/** Of what drivers and the parts of the control plane write, more than users do. */
export const INFRASTRUCTURE_RULES: RuleEntries = [
  [
    `${STORAGE}/csidrivers`,
    rule(CLUSTER_SUBDOMAIN, {
      create: csiDriver.checkCsiDriver,
      update: csiDriver.checkCsiDriverUpdate,
    }),
  ],
  [
    `${STORAGE}/csinodes`,
    rule(CLUSTER_SUBDOMAIN, { create: csiNode.checkCsiNode, update: csiNode.checkCsiNodeUpdate }),
  ],
  [
    `${STORAGE}/csistoragecapacities`,
    rule(SUBDOMAIN, {
      create: csiNode.checkStorageCapacity,
      update: csiNode.checkStorageCapacityUpdate,
    }),
  ],
  [
    `${STORAGE}/volumeattachments`,
    rule(CLUSTER_SUBDOMAIN, {
      create: attachment.checkVolumeAttachment,
      update: attachment.checkVolumeAttachmentUpdate,
      status: attachment.checkVolumeAttachmentUpdate,
    }),
  ],
  [
    `${STORAGE}/volumeattributesclasses`,
    rule(CLUSTER_SUBDOMAIN, {
      create: attachment.checkVolumeAttributesClass,
      update: attachment.checkVolumeAttributesClassUpdate,
    }),
  ],
  [
    `${FLOWCONTROL}/flowschemas`,
    rule(CLUSTER_SUBDOMAIN, { create: checkFlowSchema, status: ofStatus(checkFlowConditions) }),
  ],
  [
    `${FLOWCONTROL}/prioritylevelconfigurations`,
    rule(CLUSTER_SUBDOMAIN, { create: checkPriorityLevel, status: ofStatus(checkFlowConditions) }),
  ],
  [
    'networking.k8s.io/servicecidrs',
    rule(CLUSTER_SUBDOMAIN, { create: cidr.checkServiceCidr, update: cidr.checkServiceCidrUpdate }),
  ],
  [
    'networking.k8s.io/ipaddresses',
    rule(ADDRESS, { create: cidr.checkIpAddress, update: cidr.checkIpAddressUpdate }),
  ],
  [
    'apps/controllerrevisions',
    rule(SUBDOMAIN, { create: checkControllerRevision, update: checkControllerRevisionUpdate }),
  ],
  [
    `${RESOURCE}/resourceclaims`,
    rule(SUBDOMAIN, {
      create: device.checkResourceClaim,
      update: device.checkResourceClaimUpdate,
      status: checkResourceClaimStatus,
    }),
  ],
  [
    `${RESOURCE}/resourceclaimtemplates`,
    rule(SUBDOMAIN, {
      create: device.checkResourceClaimTemplate,
      update: device.checkResourceClaimTemplateUpdate,
    }),
  ],
  [`${RESOURCE}/deviceclasses`, rule(CLUSTER_SUBDOMAIN, { create: device.checkDeviceClass })],
  [
    `${RESOURCE}/resourceslices`,
    rule(CLUSTER_SUBDOMAIN, { create: checkResourceSlice, update: checkResourceSliceUpdate }),
  ],
];
