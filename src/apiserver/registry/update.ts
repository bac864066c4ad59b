import { badRequest, conflict, invalid, notFound, preconditionFailed } from '../../api/index.js';
import type { ApiResource, FieldError, KubernetesObject, Status } from '../../api/index.js';
import { ok } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { decodeSent } from './sent-object.js';
import { placeIn, prepareForCreate } from './create.js';
import { guaranteedWrite, isUnchanged } from './guaranteed-write.js';
import type { WritePlan } from './guaranteed-write.js';
import { copyObject, jsonEqual } from './json-value.js';
import { setObjectDefaults, updateErrors } from './object-rules.js';
import { timestamp } from './ports.js';
import type { RegistryPorts } from './ports.js';
import { managedFieldsAfter, setManagedFields } from './managed-fields.js';
import type { ManagedFields } from './managed-fields.js';
import { objectReply } from './resource-request.js';
import type { ObjectReply, Part, ResourceRequest, Writer } from './resource-request.js';
import { readWriteOptions } from './write-options.js';

/** PUT of an object, or of a part of it. */
export async function updateFromRequest(
  ports: RegistryPorts,
  request: ResourceRequest,
  part: Part,
): Promise<Outcome<ObjectReply>> {
  const { resource, target } = request;
  const options = readWriteOptions(request, 'UpdateOptions');
  if (!options.ok) return options;
  const writer = options.value;
  const { dryRun, manager } = writer;
  const body = decodeSent(request);
  if (!body.ok) return body;
  const misnamed = checkName(body.value.object, target.name);
  if (misnamed !== undefined) return refuse(badRequest(misnamed));
  const placed = placeIn(body.value.object, resource, target.namespace);
  if (!placed.ok) return placed;
  setObjectDefaults(resource, placed.value);
  const write = { resource, namespace: target.namespace, name: target.name, dryRun };
  const result = await guaranteedWrite(ports, write, async (old) => {
    const object = copyObject(placed.value);
    if (old === undefined) return await planCreateOnUpdate(ports, request, object, writer, part);
    const managedFields = managedFieldsAfter(ports, resource, part, manager, old, object);
    const refused = checkUid(resource, object, old);
    if (refused !== undefined) return refuse(refused);
    return await planUpdate(ports, { resource, object, old, writer, part, managedFields });
  });
  if (!result.ok) return result;
  return ok(
    objectReply(
      result.value.object,
      result.value.type === 'created' ? 201 : 200,
      body.value.warnings,
    ),
  );
}

/** Why an object cannot be the one of the URL. */
export function checkName(object: KubernetesObject, name: string): string | undefined {
  const sent = object.metadata?.name ?? '';
  if (sent === '')
    return `the name of the object (${name} based on URL) was undeterminable: name must be provided`;
  return sent === name
    ? undefined
    : `the name of the object (${sent}) does not match the name on the URL (${name})`;
}

async function planCreateOnUpdate(
  ports: RegistryPorts,
  request: ResourceRequest,
  object: KubernetesObject,
  writer: Writer,
  part: Part,
): Promise<Outcome<WritePlan>> {
  const { resource } = request;
  const name = object.metadata?.name ?? '';
  if (part !== 'main' || ports.strategyOf(resource).createsOnUpdate !== true)
    return refuse(notFound(resource, name));
  const allowed = await request.mayCreate();
  if (!allowed.ok) return allowed;
  const prepared = await prepareForCreate(ports, resource, object, writer, () =>
    managedFieldsAfter(ports, resource, part, writer.manager, undefined, object),
  );
  return prepared.ok ? ok({ type: 'write', object, ...prepared.value }) : prepared;
}

/** A version of an object that a client wants in place of another; both are the callee's. */
export interface UpdateToPlan {
  readonly resource: ApiResource;
  readonly object: KubernetesObject;
  readonly old: KubernetesObject;
  readonly writer: Writer;
  readonly part: Part;
  /** Who then owns what. */
  readonly managedFields: ManagedFields;
  /** It was admitted in another form (Scale). */
  readonly isAdmitted?: boolean;
}

/**
 * What is to be stored where a client wants `object` in place of `old`: its resourceVersion holds, the fields that are not
 * its to set are as they were, and the result is valid.
 */
export async function planUpdate(
  ports: RegistryPorts,
  { resource, object, old, writer, part, managedFields, isAdmitted = false }: UpdateToPlan,
): Promise<Outcome<WritePlan>> {
  const { namespace = '', name = '' } = old.metadata ?? {};
  const refused = checkVersion(ports, resource, object, old);
  if (refused !== undefined) return refuse(refused);
  const attributes = {
    operation: 'UPDATE',
    resource,
    subresource: part === 'main' ? '' : part,
    namespace,
    name,
    object,
    old,
    user: writer.user,
    dryRun: writer.dryRun,
    request: writer.request,
  } as const;
  if (!isAdmitted) {
    // Webhooks and policies see whose fields are whose.
    if (ports.admission.changesObjects) setManagedFields(object, managedFields);
    const admitted = await ports.admission.admit(attributes);
    if (!admitted.ok) return admitted;
  }
  const strategy = ports.strategyOf(resource);
  const foreign = uidErrors(object, old);
  const merged = strategy.parts?.[part]?.(object, old) ?? mergePart(resource, object, old, part);
  keepSystemMetadata(merged, old);
  setManagedFields(merged, managedFields);
  if (part === 'main') strategy.prepareForUpdate?.(merged, old);
  if (part === 'status') strategy.prepareForStatusUpdate?.(merged, old, timestamp(ports.clock));
  countGeneration(ports, resource, merged, old, part);
  const errors = [...foreign, ...updateErrors(resource, merged, old, part === 'main' ? '' : part)];
  if (errors.length > 0) return refuse(invalid(resource, name, errors));
  if (!isAdmitted) {
    const validated = await ports.admission.validate({ ...attributes, object: merged });
    if (!validated.ok) return validated;
  }
  if (isLastStep(merged)) return ok({ type: 'remove', object: merged });
  if (isUnchanged(merged, old)) return ok({ type: 'keep', object: old });
  const reservation = part === 'main' ? strategy.reserve?.(merged, old) : undefined;
  if (reservation?.ok === false) return reservation;
  return ok({
    type: 'write',
    object: merged,
    attributes: { ...attributes, object: merged },
    ...(reservation === undefined ? {} : { reservation: reservation.value }),
  });
}

/** The uid in the body of a PUT is a precondition. */
function checkUid(
  resource: ApiResource,
  object: KubernetesObject,
  old: KubernetesObject,
): Status | undefined {
  const { name = '', uid = '' } = old.metadata ?? {};
  const sent = object.metadata?.uid ?? '';
  return sent === '' || sent === uid
    ? undefined
    : preconditionFailed(resource, name, 'UID', sent, uid);
}

/** That in a patch is a change like any other, and it is none that can be made. */
function uidErrors(object: KubernetesObject, old: KubernetesObject): FieldError[] {
  const { uid: badValue = '' } = object.metadata ?? {};
  if (badValue === '' || badValue === old.metadata?.uid) return [];
  const detail = 'field is immutable';
  return [{ type: 'FieldValueInvalid', field: 'metadata.uid', badValue, detail }];
}

function checkVersion(
  ports: RegistryPorts,
  resource: ApiResource,
  object: KubernetesObject,
  old: KubernetesObject,
): Status | undefined {
  const { name = '' } = old.metadata ?? {};
  const sentVersion = object.metadata?.resourceVersion ?? '';
  if (sentVersion === '' && ports.strategyOf(resource).needsResourceVersion === true) {
    const error = {
      type: 'FieldValueInvalid',
      field: 'metadata.resourceVersion',
      badValue: 0,
      detail: 'must be specified for an update',
    } as const;
    return invalid(resource, name, [error]);
  }
  if (sentVersion !== '' && sentVersion !== old.metadata?.resourceVersion)
    return conflict(resource, name);
  return undefined;
}

/** Of the object that was sent, what this part may write; the rest of old. */
function mergePart(
  resource: ApiResource,
  object: KubernetesObject,
  old: KubernetesObject,
  part: Part,
): KubernetesObject {
  if (part === 'status')
    return { ...old, metadata: object.metadata ?? {}, status: object['status'] };
  if (part === 'finalize') return { ...old, metadata: old.metadata ?? {}, spec: object['spec'] };
  const hasStatus = resource.subresources.some((each) => each.name === 'status');
  if (!hasStatus) return object;
  const merged = { ...object, status: old['status'] };
  if (old['status'] === undefined) delete merged.status;
  return merged;
}

const SYSTEM_FIELDS = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'resourceVersion',
  'selfLink',
] as const;

function keepSystemMetadata(object: KubernetesObject, old: KubernetesObject): void {
  const metadata: Record<string, unknown> = { ...object.metadata };
  for (const field of SYSTEM_FIELDS) {
    const value = old.metadata?.[field];
    if (value === undefined) Reflect.deleteProperty(metadata, field);
    else metadata[field] = value;
  }
  object.metadata = metadata;
}

function countGeneration(
  ports: RegistryPorts,
  resource: ApiResource,
  object: KubernetesObject,
  old: KubernetesObject,
  part: Part,
): void {
  const { generationOf } = ports.strategyOf(resource);
  if (
    generationOf === undefined ||
    part !== 'main' ||
    jsonEqual(generationOf(object), generationOf(old))
  )
    return;
  object.metadata = { ...object.metadata, generation: (old.metadata?.generation ?? 0) + 1 };
}

/** An object that is being deleted goes when nothing holds it any more. */
function isLastStep(object: KubernetesObject): boolean {
  const {
    deletionTimestamp,
    deletionGracePeriodSeconds = 0,
    finalizers = [],
  } = object.metadata ?? {};
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds > 0 || finalizers.length > 0)
    return false;
  if (object.kind !== 'Namespace') return true;
  const { finalizers: own = [] } = (object['spec'] ?? {}) as { finalizers?: string[] };
  return own.length === 0;
}
