import { fieldElement, groupVersionOf, NO_FIELDS, setOf, trackUpdate } from '../../api/index.js';
import type {
  ApiResource,
  FieldSet,
  KubernetesObject,
  ManagedFieldsEntry,
} from '../../api/index.js';
import { kindShape } from './kind-shape.js';
import { timestamp } from './ports.js';
import type { RegistryPorts } from './ports.js';
import type { Part } from './resource-request.js';

export type ManagedFields = readonly ManagedFieldsEntry[] | undefined;

const STATUS: FieldSet = setOf([fieldElement('status')]);
const SPEC: FieldSet = setOf([fieldElement('spec')]);

/** What a write of this part leaves as it is, whatever it says (the strategies' GetResetFields). */
export function ignoredFields(ports: RegistryPorts, resource: ApiResource, part: Part): FieldSet {
  if (part === 'finalize') return STATUS;
  if (part === 'approval') return SPEC;
  if (part === 'status')
    return { ...SPEC, ...(ports.strategyOf(resource).ignoredByStatus ?? NO_FIELDS) };
  return resource.subresources.some((each) => each.name === 'status') ? STATUS : NO_FIELDS;
}

/** Who owns what after a create (`live` undefined), an update or a patch; before admission, as in Kubernetes. */
export function managedFieldsAfter(
  ports: RegistryPorts,
  resource: ApiResource,
  part: Part,
  manager: string,
  live: KubernetesObject | undefined,
  object: KubernetesObject,
): ManagedFields {
  return trackUpdate({
    ...kindShape(resource),
    live,
    object,
    identity: {
      manager,
      operation: 'Update',
      apiVersion: groupVersionOf(resource),
      subresource: part === 'main' ? '' : part,
    },
    ignored: ignoredFields(ports, resource, part),
    now: timestamp(ports.clock),
  });
}

export function setManagedFields(object: KubernetesObject, managedFields: ManagedFields): void {
  const { managedFields: _sent, ...metadata } = object.metadata ?? {};
  object.metadata =
    managedFields === undefined ? metadata : { ...metadata, managedFields: [...managedFields] };
}
