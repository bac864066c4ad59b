import { badRequest, conflict, invalid, notFound } from '../../api/index.js';
import type { ApiSubresource, KubernetesObject, Status } from '../../api/index.js';
import { assertDefined, ok } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { decodeBody } from './body.js';
import { getObject } from './get.js';
import { guaranteedWrite } from './guaranteed-write.js';
import { patchObject, readPatch } from './patch.js';
import type { RegistryPorts } from './ports.js';
import { objectReply } from './resource-request.js';
import type { ObjectReply, ResourceRequest } from './resource-request.js';
import { planUpdate } from './update.js';
import { dryRunValues, readDryRun } from './write-options.js';

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
  const { target, resource, query, user } = request;
  if (target.verb === 'get') {
    const found = await getObject(ports, request);
    return found.ok ? ok(objectReply(scaleOf(found.value))) : found;
  }
  const dryRun = readDryRun(dryRunValues(query), 'UpdateOptions');
  if (!dryRun.ok) return dryRun;
  const change = readChange(request, subresource);
  if (!change.ok) return change;
  let warnings: readonly string[] = [];
  const write = { resource, namespace: target.namespace, name: target.name, dryRun: dryRun.value };
  const result = await guaranteedWrite(ports, write, async (old) => {
    if (old === undefined) return refuse(notFound(resource, target.name));
    const scale = change.value(scaleOf(old));
    if (!scale.ok) return scale;
    warnings = scale.value.warnings;
    const scaled = withReplicas(request, old, scale.value.object);
    return scaled.ok ? await planUpdate(ports, resource, scaled.value, old, user, 'main') : scaled;
  });
  return result.ok ? ok(objectReply(scaleOf(result.value.object), 200, warnings)) : result;
}

type Change = (
  current: Scale,
) => Outcome<{ readonly object: Scale; readonly warnings: readonly string[] }>;

function readChange(request: ResourceRequest, subresource: ApiSubresource): Outcome<Change> {
  const fieldValidation = request.query['fieldValidation'];
  if (request.target.verb === 'patch') {
    const patch = readPatch(request.body);
    if (!patch.ok) return patch;
    return ok((current) => patchObject(subresource, current, patch.value, fieldValidation));
  }
  const body = decodeBody(request.body, subresource, fieldValidation);
  return body.ok ? ok(() => body) : body;
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
  return ok({ ...old, spec: { ...old.spec, replicas: scale.spec?.replicas ?? 0 } });
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

function scaleOf(workload: Workload): Scale {
  const metadata = assertDefined(workload.metadata, 'the metadata of a stored object');
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: JSON.parse(
      JSON.stringify({ name, namespace, uid, resourceVersion, creationTimestamp }),
    ) as object,
    spec: { replicas: workload.spec?.replicas ?? 0 },
    status: {
      replicas: workload.status?.replicas ?? 0,
      selector: selectorText(workload.spec?.selector ?? {}),
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
