import type { Row } from './row.js';
import { clusterWide, STATUS } from './row.js';

const ADMISSION = { group: 'admissionregistration.k8s.io', version: 'v1' };
const EXTENSIONS = { group: 'apiextensions.k8s.io', version: 'v1' };
const REGISTRATION = { group: 'apiregistration.k8s.io', version: 'v1' };
const FLOWCONTROL = { group: 'flowcontrol.apiserver.k8s.io', version: 'v1' };

/** What changes the API server itself. */
export const EXTENSION_ROWS: readonly Row[] = [
  clusterWide(ADMISSION, 'mutatingadmissionpolicies', 'MutatingAdmissionPolicy'),
  clusterWide(ADMISSION, 'mutatingadmissionpolicybindings', 'MutatingAdmissionPolicyBinding'),
  clusterWide(ADMISSION, 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', {
    categories: ['api-extensions'],
  }),
  clusterWide(ADMISSION, 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy', {
    categories: ['api-extensions'],
    subresources: [STATUS],
  }),
  clusterWide(ADMISSION, 'validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', {
    categories: ['api-extensions'],
  }),
  clusterWide(ADMISSION, 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', {
    categories: ['api-extensions'],
  }),
  clusterWide(EXTENSIONS, 'customresourcedefinitions', 'CustomResourceDefinition', {
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    subresources: [STATUS],
    storagePrefix: '/registry/apiextensions.k8s.io/customresourcedefinitions',
  }),
  clusterWide(REGISTRATION, 'apiservices', 'APIService', {
    categories: ['api-extensions'],
    subresources: [STATUS],
    storagePrefix: '/registry/apiregistration.k8s.io/apiservices',
  }),
  clusterWide(FLOWCONTROL, 'flowschemas', 'FlowSchema', { subresources: [STATUS] }),
  clusterWide(FLOWCONTROL, 'prioritylevelconfigurations', 'PriorityLevelConfiguration', {
    subresources: [STATUS],
  }),
];
