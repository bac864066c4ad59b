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
import type { User } from '../authn.js';
import type { AdmissionAttributes } from '../admission/admission.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { decodeSent } from './sent-object.js';
import { copyJson } from './json-value.js';
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
  const created = await createObject(
    ports,
    resource,
    placed.value,
    options.value,
    options.value.dryRun,
  );
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

/** Everything from admission to the store, for an object that has its place. The object is the callee's. */
export async function createObject(
  ports: RegistryPorts,
  resource: ApiResource,
  object: KubernetesObject,
  writer: Writer,
  dryRun: boolean,
): Promise<Outcome<WriteResult>> {
  if ((object.metadata?.resourceVersion ?? '') !== '') {
    return refuse({
      ...badRequest('resourceVersion should not be set on objects to be created'),
      code: 500,
    });
  }
  const base = object.metadata?.generateName ?? '';
  const generated = (object.metadata?.name ?? '') === '' && base !== '';
  for (let attempt = 0; ; attempt++) {
    const copy = copyJson(object);
    if (generated) copy.metadata = { ...copy.metadata, name: generateName(base, ports.random) };
    const created = await createNamed(ports, resource, copy, writer, dryRun);
    if (created.ok || created.error.reason !== 'AlreadyExists' || !generated) return created;
    if (attempt + 1 < GENERATED_NAMES_MAX) continue;
    return refuse(generateNameConflict(resource, copy.metadata?.name ?? '', 1));
  }
}

async function createNamed(
  ports: RegistryPorts,
  resource: ApiResource,
  object: KubernetesObject,
  { user, manager }: Writer,
  dryRun: boolean,
): Promise<Outcome<WriteResult>> {
  const prepared = await prepareForCreate(ports, resource, object, user, () =>
    managedFieldsAfter(ports, resource, 'main', manager, undefined, object),
  );
  if (!prepared.ok) return prepared;
  const reservation = prepared.value;
  if (dryRun) {
    reservation.settle('not-written');
    return ok({ type: 'created', object });
  }
  const { namespace = '', name = '' } = object.metadata ?? {};
  const ttlSeconds =
    ports.strategyOf(resource).expires === true ? ports.config.eventTtlSeconds : undefined;
  const stored = await ports.converter.stored(resource, object);
  if (!stored.ok) {
    reservation.settle('not-written');
    return stored;
  }
  const key = objectKey(resource, namespace, name);
  const written = await ports.storage.create(key, stored.value, ttlSeconds);
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
 * Defaults, managed fields, admission, the system's own fields and validation, in Kubernetes' order. Changes the object;
 * `managedFields` says who owns what of it when its defaults are set.
 */
export async function prepareForCreate(
  ports: RegistryPorts,
  resource: ApiResource,
  object: KubernetesObject,
  user: User,
  managedFields: () => ManagedFields,
): Promise<Outcome<Reservation>> {
  const strategy = ports.strategyOf(resource);
  setObjectDefaults(resource, object);
  setManagedFields(object, managedFields());
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
  };
  const admitted = await ports.admission.admit(attributes);
  if (!admitted.ok) return admitted;
  fillMetadata(ports, object);
  if (strategy.generationOf !== undefined) object.metadata = { ...object.metadata, generation: 1 };
  strategy.prepareForCreate?.(object, { clock: ports.clock, user });
  const errors = createErrors(resource, object);
  if (errors.length > 0) return refuse(invalid(resource, name, errors));
  const validated = await ports.admission.validate(attributes);
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
