import type { V1Endpoints, V1EndpointSlice } from '../../api/index.js';
import type { ApiResult, Reconciled } from '../../client/index.js';
import {
  createReconciler,
  isNamespaceTerminating,
  isNotFound,
  keyOf,
  locationOf,
  nameOf,
  objectKey,
  RECONCILED,
  Resource,
  uidOf,
} from '../../client/index.js';
import type { ControllerFactory } from '../controller.js';
import type { EndpointGroup } from '../endpointslice/endpoints-of-service.js';
import { planSlices } from '../endpointslice/plan.js';
import { createExpectations } from '../expectations.js';
import { referenceToController } from '../owners.js';
import { isMirrored, mirroredGroups } from './plan.js';

const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslicemirroring-controller.k8s.io';
/** What says something of the Endpoints themselves, not of what they hold. */
const OWN_ANNOTATIONS = [
  'endpoints.kubernetes.io/last-change-trigger-time',
  'kubectl.kubernetes.io/last-applied-configuration',
];

/** Keeps EndpointSlices in step with Endpoints that somebody keeps by hand. */
export const endpointSliceMirroringController: ControllerFactory = ({
  context,
  client,
  informers,
}) => {
  const services = informers.informer(Resource.services);
  const endpoints = informers.informer(Resource.endpoints);
  const slices = informers.informer(Resource.endpointslices);
  informers.index(slices, 'mirror', (slice) => [mirrorKeyOf(slice) ?? '']);
  const expectations = createExpectations();
  const reconciler = createReconciler(
    context,
    { name: 'endpointslicemirroring', concurrency: 4 },
    reconcile,
  );

  function watch(): void {
    const enqueue = (object: V1Endpoints): void => {
      reconciler.enqueue(objectKey(object));
    };
    const changed = {
      onAdd: enqueue,
      onUpdate: (_old: V1Endpoints, object: V1Endpoints) => {
        enqueue(object);
      },
      onDelete: enqueue,
    };
    services.addHandler(changed);
    endpoints.addHandler(changed);
    const sliceChanged = (slice: V1EndpointSlice): void => {
      const key = mirrorKeyOf(slice);
      if (key === undefined) return;
      expectations.observe(key, uidOf(slice));
      reconciler.enqueue(key);
    };
    slices.addHandler({
      onAdd: sliceChanged,
      onUpdate: (_old, slice) => {
        sliceChanged(slice);
      },
      onDelete: sliceChanged,
    });
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const object = endpoints.get(key);
    const mirrored = slices.byIndex('mirror', key);
    const wanted = object !== undefined && isMirrored(object, services.get(key));
    if (!wanted && mirrored.length === 0) return RECONCILED;
    const waitMs = expectations.waitMs(key, context.clock.monotonicMs());
    if (waitMs > 0) return { type: 'again', afterMs: waitMs };
    const groups = wanted ? mirroredGroups(object) : [];
    const results =
      wanted && groups.length > 0
        ? await write(key, object, groups, mirrored)
        : await Promise.all(mirrored.map(remove));
    for (const result of results)
      if (!result.ok && !isNamespaceTerminating(result.error) && !isNotFound(result.error))
        return { type: 'failed', error: result.error };
    return RECONCILED;
  }

  async function write(
    key: string,
    object: V1Endpoints,
    groups: readonly EndpointGroup[],
    mirrored: readonly V1EndpointSlice[],
  ): Promise<ApiResult<unknown>[]> {
    const labels = {
      ...object.metadata?.labels,
      [SERVICE_NAME]: nameOf(object),
      [MANAGED_BY]: MANAGER,
    };
    const plan = planSlices(groups, mirrored, labels);
    const results: ApiResult<unknown>[] = [];
    for (const group of plan.create) {
      const slice = newSlice(object, group, labels);
      const made = await client.create(Resource.endpointslices, slice);
      if (made.ok && slices.get(objectKey(made.value)) === undefined)
        expectations.expect(key, uidOf(made.value), context.clock.monotonicMs());
      results.push(made);
    }
    for (const { slice, endpoints: held } of plan.update)
      results.push(
        await client.update(Resource.endpointslices, {
          ...slice,
          metadata: { ...slice.metadata, labels },
          endpoints: [...held],
        }),
      );
    for (const slice of plan.delete) results.push(await remove(slice));
    return results;
  }

  function remove(slice: V1EndpointSlice): Promise<ApiResult<unknown>> {
    return client.delete(Resource.endpointslices, locationOf(slice), { uid: uidOf(slice) });
  }

  watch();
  return {
    name: 'endpointslicemirroring',
    start: reconciler.start,
    stop: reconciler.stop,
    report: reconciler.report,
  };
};

/** The Endpoints of a slice that this controller manages. */
function mirrorKeyOf(slice: V1EndpointSlice): string | undefined {
  const labels = slice.metadata?.labels ?? {};
  const name = labels[SERVICE_NAME];
  return name === undefined || labels[MANAGED_BY] !== MANAGER
    ? undefined
    : keyOf({ namespace: slice.metadata?.namespace, name });
}

function newSlice(
  object: V1Endpoints,
  group: EndpointGroup,
  labels: Record<string, string>,
): V1EndpointSlice {
  const annotations = Object.fromEntries(
    Object.entries(object.metadata?.annotations ?? {}).filter(
      ([name]) => !OWN_ANNOTATIONS.includes(name),
    ),
  );
  return {
    addressType: group.addressType,
    metadata: {
      namespace: object.metadata?.namespace ?? '',
      generateName: `${nameOf(object)}-`,
      labels,
      annotations,
      ownerReferences: [referenceToController(Resource.endpoints, object)],
    },
    endpoints: [...group.endpoints],
    ports: [...group.ports],
  };
}
