import {
  badRequest,
  conflict,
  entriesAfterScale,
  groupVersionOf,
  invalid,
  modelShape,
  nestedValue,
  NO_FIELDS,
  notFound,
  scaleEntries,
  trackUpdate,
  withNestedValue,
} from '../../api/index.js';
import type {
  ApiResource,
  ApiSubresource,
  KubernetesObject,
  ScalePaths,
  Status,
} from '../../api/index.js';
import { assertDefined, ok } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { APPLY_PATCH, applyConfig } from './apply.js';
import { readApplied } from './applied-body.js';
import { decodeBody } from './body.js';
import type { DecodedBody } from './body.js';
import { getObject } from './get.js';
import { guaranteedWrite } from './guaranteed-write.js';
import type { ManagedFields } from './managed-fields.js';
import { patchObject, patchTypeOf, readPatch } from './patch.js';
import { timestamp } from './ports.js';
import type { RegistryPorts } from './ports.js';
import { objectReply } from './resource-request.js';
import type { ObjectReply, ResourceRequest } from './resource-request.js';
import { planUpdate } from './update.js';
import { readWriteOptions } from './write-options.js';
import type { WriteOptions } from './write-options.js';

interface Workload extends KubernetesObject {
  spec?: { replicas?: number; selector?: LabelSelector };
  status?: { replicas?: number };
}

interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    key: string;
    operator: string;
    values?: readonly string[];
  }[];
}

interface Scale extends KubernetesObject {
  spec?: { replicas?: number };
}

/** GET, PUT and PATCH of `/scale`: autoscaling/v1 Scale, another face of the workload's `spec.replicas`. */
export async function scaleFromRequest(
  ports: RegistryPorts,
  request: ResourceRequest,
  subresource: ApiSubresource,
): Promise<Outcome<ObjectReply>> {
  const { target, resource } = request;
  if (target.verb === 'get') {
    const found = await getObject(ports, request);
    return found.ok ? ok(objectReply(scaleOf(resource, found.value))) : found;
  }
  const apply = target.verb === 'patch' && patchTypeOf(request.body) === APPLY_PATCH;
  const patches = apply ? 'ApplyOptions' : 'PatchOptions';
  const options = readWriteOptions(request, target.verb === 'patch' ? patches : 'UpdateOptions');
  if (!options.ok) return options;
  const writer = options.value;
  const { dryRun, user } = writer;
  const change = apply
    ? readApply(ports, request, subresource, options.value)
    : readChange(ports, request, subresource, options.value);
  if (!change.ok) return change;
  let warnings: readonly string[] = [];
  const write = { resource, namespace: target.namespace, name: target.name, dryRun };
  const result = await guaranteedWrite(ports, write, async (old) => {
    if (old === undefined) return refuse(notFound(resource, target.name));
    const scale = change.value(scaleToWrite(resource, old));
    if (!scale.ok) return scale;
    warnings = scale.value.warnings;
    const { namespace, name } = target;
    const attributes = {
      operation: 'UPDATE',
      resource,
      subresource: subresource.name,
      namespace,
      name,
      object: scale.value.object,
      old: scaleOf(resource, old),
      user,
      dryRun,
      request,
    } as const;
    const admitted = await ports.admission.review(attributes);
    if (!admitted.ok) return admitted;
    const scaled = withReplicas(request, old, scale.value.object);
    if (!scaled.ok) return scaled;
    const entries = scale.value.managedFields;
    const managedFields = entriesAfterScale(
      old.metadata?.managedFields,
      entries,
      groupVersionOf(resource),
    );
    const update = {
      resource,
      object: scaled.value,
      old,
      writer,
      part: 'main',
      managedFields,
      isAdmitted: true,
    } as const;
    return await planUpdate(ports, update);
  });
  return result.ok
    ? ok(objectReply(scaleOf(resource, result.value.object), 200, warnings))
    : result;
}

interface ChangedScale {
  readonly object: Scale;
  readonly warnings: readonly string[];
  /** Those of the Scale. */
  readonly managedFields: ManagedFields;
}

type Change = (current: Scale) => Outcome<ChangedScale>;

function readChange(
  ports: RegistryPorts,
  request: ResourceRequest,
  subresource: ApiSubresource,
  { manager }: WriteOptions,
): Outcome<Change> {
  const fieldValidation = request.query['fieldValidation'];
  const tracked = (current: Scale, changed: Outcome<DecodedBody>): Outcome<ChangedScale> => {
    if (!changed.ok) return changed;
    const { object } = changed.value;
    const managedFields = trackUpdate({
      shape: modelShape(subresource.model),
      live: current,
      object,
      identity: { manager, operation: 'Update', ...writesScale(subresource) },
      ignored: NO_FIELDS,
      now: timestamp(ports.clock),
    });
    return ok({ ...changed.value, managedFields });
  };
  if (request.target.verb === 'patch') {
    const patch = readPatch(request.body);
    if (!patch.ok) return patch;
    return ok((current) =>
      tracked(current, patchObject(subresource, current, patch.value, fieldValidation)),
    );
  }
  const body = decodeBody(request.body, subresource, fieldValidation);
  return body.ok ? ok((current) => tracked(current, body)) : body;
}

function readApply(
  ports: RegistryPorts,
  request: ResourceRequest,
  subresource: ApiSubresource,
  options: WriteOptions,
): Outcome<Change> {
  const body = readApplied(request.body, subresource, request.query['fieldValidation']);
  if (!body.ok) return body;
  const { config, warnings } = body.value;
  return ok((live) => {
    const configuration = { config, live, subresource: subresource.name, ignored: NO_FIELDS };
    const applied = applyConfig(ports, subresource, options, configuration);
    return applied.ok ? ok({ ...applied.value, warnings }) : applied;
  });
}

function writesScale(subresource: ApiSubresource): { apiVersion: string; subresource: string } {
  return { apiVersion: groupVersionOf(subresource), subresource: subresource.name };
}

function withReplicas(
  { resource, target }: ResourceRequest,
  old: Workload,
  scale: Scale,
): Outcome<KubernetesObject> {
  const wrong = checkScale(target.name, scale);
  if (wrong !== undefined) return refuse(wrong);
  const { resourceVersion = '' } = scale.metadata ?? {};
  if (resourceVersion !== '' && resourceVersion !== old.metadata?.resourceVersion)
    return refuse(conflict(resource, target.name));
  const replicas = scale.spec?.replicas ?? 0;
  const { specReplicasPath = '.spec.replicas' } = resource.custom?.scale ?? {};
  return ok(withNestedValue(old, specReplicasPath, replicas));
}

function checkScale(name: string, scale: Scale): Status | undefined {
  const sent = scale.metadata?.name ?? '';
  if (sent !== name)
    return badRequest(
      `the name of the object (${sent}) does not match the name on the URL (${name})`,
    );
  const replicas = scale.spec?.replicas ?? 0;
  if (replicas >= 0) return undefined;
  const error = {
    type: 'FieldValueInvalid',
    field: 'spec.replicas',
    badValue: replicas,
    detail: 'must be greater than or equal to 0',
  } as const;
  return invalid({ group: 'autoscaling', kind: 'Scale' }, name, [error]);
}

/** The Scale as it is before a write: with whoever owns the replicas. */
function scaleToWrite(resource: ApiResource, workload: Workload): Scale {
  const scale = scaleOf(resource, workload);
  const managedFields = scaleEntries(workload.metadata?.managedFields);
  return { ...scale, metadata: { ...scale.metadata, managedFields: [...managedFields] } };
}

function scaleOf({ custom }: ApiResource, workload: Workload): Scale {
  const metadata = assertDefined(workload.metadata, 'the metadata of a stored object');
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: JSON.parse(
      JSON.stringify({ name, namespace, uid, resourceVersion, creationTimestamp }),
    ) as object,
    ...(custom?.scale === undefined
      ? workloadScale(workload)
      : customScale(custom.scale, workload)),
  };
}

function workloadScale({ spec, status }: Workload): object {
  return {
    spec: { replicas: spec?.replicas ?? 0 },
    status: { replicas: status?.replicas ?? 0, selector: selectorText(spec?.selector ?? {}) },
  };
}

/** A custom object says where its replicas are. */
function customScale(paths: ScalePaths, object: KubernetesObject): object {
  const count = (path: string): number => Number(nestedValue(object, path) ?? 0);
  const { labelSelectorPath = '' } = paths;
  const selector = labelSelectorPath === '' ? '' : nestedValue(object, labelSelectorPath);
  return {
    spec: { replicas: count(paths.specReplicasPath) },
    status: {
      replicas: count(paths.statusReplicasPath),
      ...(typeof selector === 'string' && selector !== '' && { selector }),
    },
  };
}

/** `app=web,tier in (a,b)`: labels first, as a selector is written in a URL. */
function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${[...values].sort().join(',')})`;
  });
  return [...labels, ...expressions].sort().join(',');
}
