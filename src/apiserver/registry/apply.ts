import {
  applyConflict,
  applyObject,
  badRequest,
  conflict,
  conflictCauses,
  conflictMessage,
  groupVersionOf,
  notFound,
  unexplained,
} from '../../api/index.js';
import type {
  Applied,
  ApplyError,
  FieldSet,
  KubernetesObject,
  ManagedFieldsEntry,
  Status,
} from '../../api/index.js';
import { ok } from '../../base/index.js';
import { storedForm } from '../custom/versions.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { readApplied } from './applied-body.js';
import { decodePatched } from './body.js';
import type { ExpectedKind } from './body.js';
import { placeIn, prepareForCreate } from './create.js';
import { guaranteedWrite } from './guaranteed-write.js';
import type { WritePlan } from './guaranteed-write.js';
import { kindShape } from './kind-shape.js';
import { ignoredFields } from './managed-fields.js';
import { setObjectDefaults } from './object-rules.js';
import { timestamp } from './ports.js';
import type { RegistryPorts } from './ports.js';
import { objectReply } from './resource-request.js';
import type { ObjectReply, Part, ResourceRequest } from './resource-request.js';
import { checkName, planUpdate } from './update.js';
import { readWriteOptions } from './write-options.js';
import type { WriteOptions } from './write-options.js';

export const APPLY_PATCH = 'application/apply-patch+yaml';

/** Server-side apply: PATCH with what its manager wants to be so, no more and no less (KEP-555). */
export async function applyFromRequest(
  ports: RegistryPorts,
  request: ResourceRequest,
  part: Part,
): Promise<Outcome<ObjectReply>> {
  const { resource, target, query } = request;
  const options = readWriteOptions(request, 'ApplyOptions');
  if (!options.ok) return options;
  const { sentAs = resource } = request;
  const body = readApplied(request.body, sentAs, query['fieldValidation']);
  if (!body.ok) return body;
  const config =
    request.sentAs === undefined ? body.value.config : storedForm(sentAs, body.value.config);
  const { namespace, name } = target;
  const write = { resource, namespace, name, dryRun: options.value.dryRun };
  const result = await guaranteedWrite(ports, write, (old) =>
    planApply(ports, request, part, options.value, config, old),
  );
  if (!result.ok) return result;
  const code = result.value.type === 'created' ? 201 : 200;
  return ok(objectReply(result.value.object, code, body.value.warnings));
}

async function planApply(
  ports: RegistryPorts,
  request: ResourceRequest,
  part: Part,
  options: WriteOptions,
  config: KubernetesObject,
  old: KubernetesObject | undefined,
): Promise<Outcome<WritePlan>> {
  const { resource, target } = request;
  // A part of what is not there cannot be written.
  if (old === undefined && part !== 'main') return refuse(notFound(resource, target.name));
  const applied = applyConfig(ports, resource, options, {
    config,
    live: old,
    subresource: part === 'main' ? '' : part,
    ignored: ignoredFields(ports, resource, part),
  });
  if (!applied.ok) return applied;
  const { managedFields } = applied.value;
  const placed = placeIn(applied.value.object, resource, target.namespace);
  if (!placed.ok) return placed;
  const object = placed.value;
  const misnamed = checkName(object, target.name);
  if (misnamed !== undefined) return refuse(badRequest(misnamed));
  if (old === undefined) return await planCreate(ports, request, options, object, managedFields);
  setObjectDefaults(resource, object);
  const update = { resource, object, old, writer: options, part, managedFields };
  return await planUpdate(ports, update);
}

async function planCreate(
  ports: RegistryPorts,
  request: ResourceRequest,
  writer: WriteOptions,
  object: KubernetesObject,
  managedFields: readonly ManagedFieldsEntry[],
): Promise<Outcome<WritePlan>> {
  const { resource, target } = request;
  const allowed = await request.mayCreate();
  if (!allowed.ok) return allowed;
  const { uid = '' } = object.metadata ?? {};
  if (uid !== '') {
    const detail = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    return refuse(conflict(resource, target.name, detail));
  }
  const prepared = await prepareForCreate(ports, resource, object, writer, () =>
    managedFields.length === 0 ? undefined : managedFields,
  );
  if (!prepared.ok) return prepared;
  return ok({ type: 'write', object, ...prepared.value });
}

export interface Configuration {
  readonly config: KubernetesObject;
  readonly live: KubernetesObject | undefined;
  readonly subresource: string;
  readonly ignored: FieldSet;
}

/** Applies to an object, or to a face of one (Scale), and reads the result as one of its kind. */
export function applyConfig(
  ports: RegistryPorts,
  kind: ExpectedKind,
  { manager, force }: WriteOptions,
  configuration: Configuration,
): Outcome<Applied> {
  const { config } = configuration;
  const applied = applyObject({
    ...configuration,
    ...kindShape(kind),
    manager,
    apiVersion: groupVersionOf(kind),
    force,
    now: timestamp(ports.clock),
  });
  if (!applied.ok) return refuse(applyStatus(kind, config, applied.error));
  const decoded = decodePatched(applied.value.object, kind, 'Ignore', (reason) =>
    badRequest(`failed to convert merged object to last applied version: ${reason}`),
  );
  return decoded.ok ? ok({ ...applied.value, object: decoded.value.object }) : decoded;
}

function applyStatus(kind: ExpectedKind, config: KubernetesObject, error: ApplyError): Status {
  switch (error.type) {
    case 'conflicts':
      return applyConflict(conflictMessage(error.conflicts), conflictCauses(error.conflicts));
    case 'unreadable':
      return unexplained('failed to decode managed fields');
    case 'not-typed': {
      const { namespace = '', name = '' } = config.metadata ?? {};
      const what = `${namespace}/${name}; ${kind.group}/${kind.version}, Kind=${kind.kind}`;
      return unexplained(`failed to create typed patch object (${what}): ${error.message}`);
    }
  }
}
