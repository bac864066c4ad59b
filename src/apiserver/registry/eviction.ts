import {
  badRequest,
  findResource,
  internalError,
  labelSelectorFromObject,
  notFound,
  tooManyRequests,
} from '../../api/index.js';
import type { KubernetesObject, Status } from '../../api/index.js';
import { assertDefined, ok } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { objectOf } from '../watch-cache/cached-object.js';
import { decodeBody } from './body.js';
import { deleteObject } from './delete.js';
import type { DeleteOptions, Propagation } from './delete-options.js';
import { getObject } from './get.js';
import { guaranteedWrite } from './guaranteed-write.js';
import { collectionPrefix } from './object-key.js';
import { cacheOf, timestamp } from './ports.js';
import type { RegistryPorts } from './ports.js';
import { CREATED_STATUS, objectReply } from './resource-request.js';
import type { ObjectReply, ResourceRequest } from './resource-request.js';
import { dryRunValues, readDryRun } from './write-options.js';

interface Eviction extends KubernetesObject {
  deleteOptions?: {
    gracePeriodSeconds?: number;
    propagationPolicy?: string;
    preconditions?: { uid?: string; resourceVersion?: string };
    dryRun?: string[];
  };
}

interface Pod extends KubernetesObject {
  status?: { phase?: string; conditions?: readonly { type: string; status: string }[] };
}

type LabelSelector = Parameters<typeof labelSelectorFromObject>[0];

interface Budget extends KubernetesObject {
  spec?: { selector?: LabelSelector; unhealthyPodEvictionPolicy?: string };
  status?: {
    disruptionsAllowed?: number;
    observedGeneration?: number;
    currentHealthy?: number;
    desiredHealthy?: number;
    disruptedPods?: Record<string, string>;
  };
}

const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction', model: 'V1Eviction' };
const MORE_THAN_ONE =
  'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';

/** POST of an Eviction to `pods/web-1/eviction`: a delete that the disruption budgets of the pod allow. */
export async function evictFromRequest(
  ports: RegistryPorts,
  request: ResourceRequest,
): Promise<Outcome<ObjectReply>> {
  const { target, resource, query, user } = request;
  const body = decodeBody(request.body, EVICTION, query['fieldValidation']);
  if (!body.ok) return body;
  const eviction: Eviction = body.value.object;
  const sent = eviction.metadata?.name ?? '';
  if (sent !== '' && sent !== target.name)
    return refuse(badRequest('name in URL does not match name in Eviction object'));
  const options = readOptions(eviction, dryRunValues(request));
  if (!options.ok) return options;
  const found = await getObject(ports, { ...request, query: {} });
  if (!found.ok) return found;
  const { namespace, name } = target;
  const attributes = {
    operation: 'CREATE',
    resource,
    subresource: target.subresource,
    namespace,
    name,
    object: eviction,
    old: undefined,
    user,
    dryRun: options.value.dryRun,
    request,
  } as const;
  const admitted = await ports.admission.review(attributes);
  if (!admitted.ok) return admitted;
  const allowed = await takeDisruption(ports, found.value, options.value.dryRun);
  if (!allowed.ok) return allowed;
  const deleted = await deleteObject(ports, resource, target, options.value, { user });
  return deleted.ok ? ok(objectReply(CREATED_STATUS, 201, body.value.warnings)) : deleted;
}

function readOptions(
  { deleteOptions = {} }: Eviction,
  queried: readonly string[],
): Outcome<DeleteOptions> {
  const dryRun = readDryRun([...queried, ...(deleteOptions.dryRun ?? [])], 'CreateOptions');
  if (!dryRun.ok) return dryRun;
  return ok({
    gracePeriodSeconds: deleteOptions.gracePeriodSeconds,
    propagation: deleteOptions.propagationPolicy as Propagation | undefined,
    uid: deleteOptions.preconditions?.uid,
    resourceVersion: deleteOptions.preconditions?.resourceVersion,
    dryRun: dryRun.value,
  });
}

/** Counts the eviction against the pod's budget, where it has one; refused where that is used up. */
async function takeDisruption(
  ports: RegistryPorts,
  pod: Pod,
  dryRun: boolean,
): Promise<Outcome<undefined>> {
  const { phase = '' } = pod.status ?? {};
  const runs = phase !== 'Pending' && phase !== 'Succeeded' && phase !== 'Failed';
  if (!runs || pod.metadata?.deletionTimestamp !== undefined) return ok(undefined);
  const budgets = budgetsOf(ports, pod);
  const [budget, another] = budgets;
  if (budget === undefined) return ok(undefined);
  if (another !== undefined) return refuse(internalError(MORE_THAN_ONE));
  const resource = budgetResource();
  const { namespace = '', name = '' } = budget.metadata ?? {};
  const write = { resource, namespace, name, dryRun };
  const written = await guaranteedWrite(ports, write, (old: Budget | undefined) => {
    if (old === undefined) return refuse(notFound(resource, name));
    if (mayGoUnhealthy(pod, old)) return ok({ type: 'keep', object: old });
    const refused = refusal(old, name);
    return refused === undefined
      ? ok({ type: 'write', object: withDisruption(old, pod, timestamp(ports.clock)) })
      : refuse(refused);
  });
  return written.ok ? ok(undefined) : written;
}

function budgetResource(): NonNullable<ReturnType<typeof findResource>> {
  return assertDefined(findResource('policy', 'v1', 'poddisruptionbudgets'), 'budgets');
}

function budgetsOf(ports: RegistryPorts, pod: Pod): Budget[] {
  const resource = budgetResource();
  const { namespace = '', labels = {} } = pod.metadata ?? {};
  const found: Budget[] = [];
  for (const cached of cacheOf(ports, resource).list(collectionPrefix(resource, namespace))) {
    const budget: Budget = objectOf(cached);
    const matcher = labelSelectorFromObject(budget.spec?.selector);
    if (matcher.ok && budget.spec?.selector !== undefined && matcher.value.matches(labels))
      found.push(budget);
  }
  return found;
}

/** A pod that is not ready counts for nothing; the budget says whether it may go all the same (KEP-3017). */
function mayGoUnhealthy(pod: Pod, { spec, status }: Budget): boolean {
  const ready = (pod.status?.conditions ?? []).some(
    (each) => each.type === 'Ready' && each.status === 'True',
  );
  if (ready) return false;
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy;
}

function refusal({ metadata, status }: Budget, name: string): Status | undefined {
  const { observedGeneration = 0, disruptionsAllowed = 0 } = status ?? {};
  const refused = "Cannot evict pod as it would violate the pod's disruption budget.";
  if (observedGeneration < (metadata?.generation ?? 0)) {
    const text = `The disruption budget ${name} is still being processed by the server.`;
    return withCause(tooManyRequests(refused, 10), text);
  }
  if (disruptionsAllowed > 0) return undefined;
  const { desiredHealthy = 0, currentHealthy = 0 } = status ?? {};
  const text =
    `The disruption budget ${name} needs ${String(desiredHealthy)} healthy pods ` +
    `and has ${String(currentHealthy)} currently`;
  return withCause(tooManyRequests(refused, 0), text);
}

function withCause(status: Status, message: string): Status {
  const causes = [{ reason: 'DisruptionBudget', message }];
  return { ...status, details: { ...status.details, causes } };
}

function withDisruption(budget: Budget, pod: Pod, now: string): Budget {
  const { disruptionsAllowed = 0, disruptedPods = {} } = budget.status ?? {};
  return {
    ...budget,
    status: {
      ...budget.status,
      disruptionsAllowed: disruptionsAllowed - 1,
      disruptedPods: { ...disruptedPods, [pod.metadata?.name ?? '']: now },
    },
  };
}
