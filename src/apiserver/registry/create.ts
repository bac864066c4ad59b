import {
  alreadyExists,
  badRequest,
  generateName,
  generateNameConflict,
  invalid,
  methodNotSupported,
} from '../../api/index.js';
import type { ApiResource, KubernetesObject, Status } from '../../api/index.js';
import { ok } from '../../base/index.js';
import type { AdmissionAttributes } from '../admission/admission.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { decodeSent } from './sent-object.js';
import { copyJson, copyObject } from './json-value.js';
import type { WriteResult } from './guaranteed-write.js';
import { managedFieldsAfter, setManagedFields } from './managed-fields.js';
import type { ManagedFields } from './managed-fields.js';
import { objectKey } from './object-key.js';
import { createErrors, setObjectDefaults } from './object-rules.js';
import { timestamp } from './ports.js';
import type { RegistryPorts } from './ports.js';
import { objectReply } from './resource-request.js';
import type { ObjectReply, ResourceRequest, Writer } from './resource-request.js';
import { NOTHING_RESERVED } from './strategy/strategy.js';
import type { Reservation } from './strategy/strategy.js';
import { readWriteOptions } from './write-options.js';

const GENERATED_NAMES_MAX = 8;

/** POST to a collection. */
export async function createFromRequest(
  ports: RegistryPorts,
  request: ResourceRequest,
): Promise<Outcome<ObjectReply>> {
  const { resource, target } = request;
  if (resource.custom?.terminating === true) return refuse(terminating(resource));
  const options = readWriteOptions(request, 'CreateOptions');
  if (!options.ok) return options;
  const body = decodeSent(request);
  if (!body.ok) return body;
  const wrong = request.sentAs?.storedAs?.createErrors?.(body.value.object) ?? [];
  if (wrong.length > 0)
    return refuse(invalid(resource, body.value.object.metadata?.name ?? '', wrong));
  const placed = placeIn(body.value.object, resource, target.namespace);
  if (!placed.ok) return placed;
  const created = await createObject(ports, resource, placed.value, options.value);
  return created.ok ? ok(objectReply(created.value.object, 201, body.value.warnings)) : created;
}

function terminating(resource: ApiResource): Status {
  const message = 'create not allowed while custom resource definition is terminating';
  return { ...methodNotSupported(resource, 'create'), message };
}

/** Gives the object the namespace of the request. */
export function placeIn(
  object: KubernetesObject,
  resource: ApiResource,
  namespace: string,
): Outcome<KubernetesObject> {
  const metadata = { ...object.metadata };
  if (resource.namespaced) {
    if ((metadata.namespace ?? namespace) !== namespace && metadata.namespace !== '') {
      return refuse(
        badRequest(
          'the namespace of the provided object does not match the namespace sent on the request',
        ),
      );
    }
    metadata.namespace = namespace;
  } else {
    delete metadata.namespace;
  }
  return ok({ ...object, metadata });
}

/** Everything from admission to the store, for an object that has its place. */
export async function createObject(
  ports: RegistryPorts,
  resource: ApiResource,
  sent: KubernetesObject,
  writer: Writer,
): Promise<Outcome<WriteResult>> {
  if ((sent.metadata?.resourceVersion ?? '') !== '') {
    return refuse({
      ...badRequest('resourceVersion should not be set on objects to be created'),
      code: 500,
    });
  }
  const object = copyJson(sent);
  const admitted = await admitCreate(ports, resource, object, writer, () =>
    managedFieldsAfter(ports, resource, 'main', writer.manager, undefined, object),
  );
  if (!admitted.ok) return admitted;
  const base = object.metadata?.generateName ?? '';
  if ((object.metadata?.name ?? '') !== '' || base === '')
    return await createNamed(ports, resource, object, admitted.value);
  for (let attempt = 1; ; attempt++) {
    const copy = copyObject(object);
    copy.metadata = { ...copy.metadata, name: generateName(base, ports.random) };
    const created = await createNamed(ports, resource, copy, admitted.value);
    if (created.ok || created.error.reason !== 'AlreadyExists') return created;
    if (attempt < GENERATED_NAMES_MAX) continue;
    return refuse(generateNameConflict(resource, copy.metadata.name ?? '', 1));
  }
}

async function createNamed(
  ports: RegistryPorts,
  resource: ApiResource,
  object: KubernetesObject,
  admitted: AdmissionAttributes,
): Promise<Outcome<WriteResult>> {
  const prepared = await completeCreate(ports, resource, object, admitted);
  if (!prepared.ok) return prepared;
  const reservation = prepared.value;
  const { namespace = '', name = '' } = object.metadata ?? {};
  const attributes = { ...admitted, name, object };
  if (admitted.dryRun === true) {
    reservation.settle('not-written');
    const checked = await ports.quotas.check(attributes);
    return checked.ok ? ok({ type: 'created', object }) : checked;
  }
  const ttlSeconds =
    ports.strategyOf(resource).expires === true ? ports.config.eventTtlSeconds : undefined;
  const stored = await ports.converter.stored(resource, object);
  if (!stored.ok) {
    reservation.settle('not-written');
    return stored;
  }
  const key = objectKey(resource, namespace, name);
  const write = { key, revision: 0, object: stored.value, ttlSeconds };
  const written = await ports.quotas.write(attributes, write);
  if (!written.ok) {
    reservation.settle(written.error.code === 504 ? 'unknown' : 'not-written');
    return written;
  }
  if (written.value.type === 'changed') {
    reservation.settle('not-written');
    return refuse(alreadyExists(resource, name));
  }
  const { revision } = written.value.object;
  reservation.settle(revision);
  const metadata = { ...object.metadata, resourceVersion: String(revision) };
  return ok({ type: 'created', object: { ...object, metadata } });
}

/**
 * Defaults, managed fields, admission, the system's own fields and validation, in Kubernetes' order. Changes the object, which
 * has its name; `managedFields` says who owns what of it when its defaults are set.
 */
export async function prepareForCreate(
  ports: RegistryPorts,
  resource: ApiResource,
  object: KubernetesObject,
  writer: Writer,
  managedFields: () => ManagedFields,
): Promise<Outcome<Prepared>> {
  const admitted = await admitCreate(ports, resource, object, writer, managedFields);
  if (!admitted.ok) return admitted;
  const reservation = await completeCreate(ports, resource, object, admitted.value);
  return reservation.ok
    ? ok({ reservation: reservation.value, attributes: { ...admitted.value, object } })
    : reservation;
}

export interface Prepared {
  readonly reservation: Reservation;
  /** As which it is charged to quotas. */
  readonly attributes: AdmissionAttributes;
}

/** The part of it that a name need not be known for: it is done once, however many names are tried. */
async function admitCreate(
  ports: RegistryPorts,
  resource: ApiResource,
  object: KubernetesObject,
  { user, dryRun, request }: Writer,
  managedFields: () => ManagedFields,
): Promise<Outcome<AdmissionAttributes>> {
  setObjectDefaults(resource, object);
  const managed = managedFields();
  setManagedFields(object, managed);
  const { namespace = '', name = '' } = object.metadata ?? {};
  const attributes: AdmissionAttributes = {
    operation: 'CREATE',
    resource,
    subresource: '',
    namespace,
    name,
    object,
    old: undefined,
    user,
    dryRun,
    request,
  };
  const admitted = await ports.admission.admit(attributes);
  if (!admitted.ok) return admitted;
  if (!ports.admission.changesObjects) return ok(attributes);
  // Anything may have been changed.
  const placed = placeIn(object, resource, namespace);
  if (!placed.ok) return placed;
  object.metadata = placed.value.metadata ?? {};
  setManagedFields(object, managed);
  return ok(attributes);
}

async function completeCreate(
  ports: RegistryPorts,
  resource: ApiResource,
  object: KubernetesObject,
  admitted: AdmissionAttributes,
): Promise<Outcome<Reservation>> {
  const strategy = ports.strategyOf(resource);
  const { user } = admitted;
  const { name = '' } = object.metadata ?? {};
  fillMetadata(ports, object);
  if (strategy.generationOf !== undefined) object.metadata = { ...object.metadata, generation: 1 };
  strategy.prepareForCreate?.(object, { clock: ports.clock, user });
  const errors = createErrors(resource, object);
  if (errors.length > 0) return refuse(invalid(resource, name, errors));
  const validated = await ports.admission.validate({ ...admitted, name, object });
  if (!validated.ok) return validated;
  return strategy.reserve?.(object, undefined) ?? ok(NOTHING_RESERVED);
}

/** What only the server sets. */
function fillMetadata(ports: RegistryPorts, object: KubernetesObject): void {
  const metadata = {
    ...object.metadata,
    uid: ports.crypto.uuid(),
    creationTimestamp: timestamp(ports.clock),
  };
  delete metadata.resourceVersion;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.generation;
  delete metadata.selfLink;
  object.metadata = metadata;
}
