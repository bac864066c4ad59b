import {
  badRequest,
  conflict,
  findResource,
  invalid,
  isBeingDeleted,
  notFound,
  withCondition,
} from '../../api/index.js';
import type {
  ApiResource,
  Condition,
  FieldError,
  KubernetesObject,
  Status,
} from '../../api/index.js';
import { assertDefined, ok } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { decodeBody } from './body.js';
import { guaranteedWrite } from './guaranteed-write.js';
import type { WritePlan } from './guaranteed-write.js';
import { timestamp } from './ports.js';
import type { RegistryPorts } from './ports.js';
import { CREATED_STATUS, objectReply } from './resource-request.js';
import type { ObjectReply, ResourceRequest } from './resource-request.js';
import { dryRunValues, readDryRun } from './write-options.js';

interface Binding extends KubernetesObject {
  target?: { kind?: string; name?: string };
}

interface Pod extends KubernetesObject {
  spec?: { nodeName?: string; schedulingGates?: readonly unknown[] };
  status?: { conditions?: Condition[] };
}

const BINDING = { group: '', version: 'v1', kind: 'Binding', model: 'V1Binding' };

/** POST of a Binding, to `pods/web-1/binding` or to `bindings`: assigns a pod to a node, once. */
export async function bindFromRequest(
  ports: RegistryPorts,
  request: ResourceRequest,
): Promise<Outcome<ObjectReply>> {
  const { target, query } = request;
  const dryRun = readDryRun(dryRunValues(request), 'CreateOptions');
  if (!dryRun.ok) return dryRun;
  const body = decodeBody(request.body, BINDING, query['fieldValidation']);
  if (!body.ok) return body;
  const binding: Binding = body.value.object;
  const pods = assertDefined(findResource('', 'v1', 'pods'), 'the resource pods');
  const sent = binding.metadata?.name ?? '';
  const name = target.name === '' ? sent : target.name;
  if (sent !== '' && sent !== name)
    return refuse(badRequest('name in URL does not match name in Binding object'));
  const wrong = checkBinding(binding, name);
  if (wrong !== undefined) return refuse(wrong);
  const { namespace, subresource } = target;
  const admitted = await ports.admission.review({
    operation: 'CREATE',
    resource: request.resource,
    subresource,
    namespace,
    name,
    object: binding,
    old: undefined,
    user: request.user,
    dryRun: dryRun.value,
    request,
  });
  if (!admitted.ok) return admitted;
  const write = { resource: pods, namespace, name, dryRun: dryRun.value };
  const bound = await guaranteedWrite(ports, write, (old) =>
    planBinding(ports, pods, name, binding, old),
  );
  return bound.ok ? ok(objectReply(CREATED_STATUS, 201, body.value.warnings)) : bound;
}

function checkBinding({ target }: Binding, name: string): Status | undefined {
  const errors: FieldError[] = [];
  const kind = target?.kind ?? '';
  if (kind !== '' && kind !== 'Node') {
    const detail = 'supported values: "Node", "<empty>"';
    errors.push({ type: 'FieldValueNotSupported', field: 'target.kind', badValue: kind, detail });
  }
  if ((target?.name ?? '') === '')
    errors.push({ type: 'FieldValueRequired', field: 'target.name', detail: '' });
  return errors.length === 0 ? undefined : invalid(BINDING, name, errors);
}

function planBinding(
  ports: RegistryPorts,
  pods: ApiResource,
  name: string,
  binding: Binding,
  old: Pod | undefined,
): Outcome<WritePlan> {
  if (old === undefined) return refuse(notFound(pods, name));
  const { uid = '' } = binding.metadata ?? {};
  const on = { group: '', resource: 'pods/binding' };
  if (uid !== '' && uid !== old.metadata?.uid) {
    const detail = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata?.uid ?? ''}`;
    return refuse(conflict(on, name, detail));
  }
  if (isBeingDeleted(old))
    return refuse(conflict(on, name, `pod ${name} is being deleted, cannot be assigned to a host`));
  const assigned = old.spec?.nodeName ?? '';
  if (assigned !== '')
    return refuse(conflict(on, name, `pod ${name} is already assigned to node "${assigned}"`));
  if ((old.spec?.schedulingGates ?? []).length > 0)
    return refuse(conflict(on, name, `pod ${name} has non-empty .spec.schedulingGates`));
  return ok({ type: 'write', object: boundPod(ports, old, binding) });
}

/** Its generation stays: a binding goes around the strategy, which counts changes of the spec (KEP-5067). */
function boundPod(ports: RegistryPorts, pod: Pod, { metadata, target }: Binding): KubernetesObject {
  const annotations = { ...pod.metadata?.annotations, ...metadata?.annotations };
  const now = timestamp(ports.clock);
  const scheduled: Condition = { type: 'PodScheduled', status: 'True' };
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec: { ...pod.spec, nodeName: target?.name ?? '' },
    status: {
      ...pod.status,
      conditions: withCondition(pod.status?.conditions ?? [], scheduled, now),
    },
  };
}
