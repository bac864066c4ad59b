import type { V1EndpointSlice, V1Pod, V1Service } from '../../api/index.js';
import type { ApiResult, Reconciled } from '../../client/index.js';
import {
  createReconciler,
  isAlreadyExists,
  isNamespaceTerminating,
  isNotFound,
  keyOf,
  locationOf,
  nameOf,
  objectKey,
  RECONCILED,
  referenceTo,
  Resource,
  splitKey,
  uidOf,
} from '../../client/index.js';
import type { ControllerFactory } from '../controller.js';
import { recorderOf } from '../controller.js';
import { createExpectations } from '../expectations.js';
import { referenceToController } from '../owners.js';
import { sameJson } from '../same-json.js';
import type { EndpointGroup } from './endpoints-of-service.js';
import { endpointsOfService } from './endpoints-of-service.js';
import { legacySubsets } from './legacy-endpoints.js';
import { planSlices } from './plan.js';

const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';
const LEGACY_MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const HEADLESS = 'service.kubernetes.io/headless';

/** Keeps EndpointSlices, and the older Endpoints, in step with the pods that Services select. */
export const endpointSliceController: ControllerFactory = (ports) => {
  const { context, client, informers } = ports;
  const services = informers.informer(Resource.services);
  const pods = informers.informer(Resource.pods);
  const slices = informers.informer(Resource.endpointslices);
  const legacy = informers.informer(Resource.endpoints);
  informers.index(services, 'namespace', (service) => [service.metadata?.namespace ?? '']);
  informers.index(pods, 'namespace', (pod) => [pod.metadata?.namespace ?? '']);
  informers.index(slices, 'service', (slice) => [serviceKeyOf(slice) ?? '']);
  const recorder = recorderOf(ports, 'endpoint-slice-controller');
  const expectations = createExpectations();
  const reconciler = createReconciler(
    context,
    { name: 'endpointslice', concurrency: 4 },
    reconcile,
  );

  function podChanged(pod: V1Pod): void {
    for (const service of services.byIndex('namespace', pod.metadata?.namespace ?? '')) {
      if (selects(service, pod)) reconciler.enqueue(objectKey(service));
    }
  }

  function sliceChanged(slice: V1EndpointSlice): void {
    const key = serviceKeyOf(slice);
    if (key === undefined) return;
    expectations.observe(key, uidOf(slice));
    reconciler.enqueue(key);
  }

  function watch(): void {
    const enqueue = (service: V1Service): void => {
      reconciler.enqueue(objectKey(service));
    };
    services.addHandler({
      onAdd: enqueue,
      onUpdate: (_old, service) => {
        enqueue(service);
      },
      onDelete: enqueue,
    });
    pods.addHandler({
      onAdd: podChanged,
      onUpdate: (old, pod) => {
        if (!sameJson(old.metadata?.labels, pod.metadata?.labels)) podChanged(old);
        podChanged(pod);
      },
      onDelete: podChanged,
    });
    slices.addHandler({
      onAdd: sliceChanged,
      onUpdate: (_old, slice) => {
        sliceChanged(slice);
      },
      onDelete: sliceChanged,
    });
    legacy.addHandler({
      onDelete: (endpoints) => {
        reconciler.enqueue(objectKey(endpoints));
      },
    });
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const service = services.get(key);
    if (service === undefined || service.metadata?.deletionTimestamp !== undefined)
      return deleteAll(key);
    // Without a selector somebody else looks after its endpoints.
    if (service.spec?.selector === undefined || service.spec.type === 'ExternalName')
      return RECONCILED;
    const waitMs = expectations.waitMs(key, context.clock.monotonicMs());
    if (waitMs > 0) return { type: 'again', afterMs: waitMs };
    const selected = pods
      .byIndex('namespace', service.metadata?.namespace ?? '')
      .filter((pod) => selects(service, pod));
    const groups = endpointsOfService(service, selected);
    const results = [
      ...(await writeSlices(key, service, groups)),
      await writeLegacy(service, groups),
    ];
    for (const result of results) {
      if (result.ok || isNamespaceTerminating(result.error) || isNotFound(result.error)) continue;
      if (!isAlreadyExists(result.error) && result.error.reason !== 'Conflict') {
        const message = `Error updating Endpoint Slices for Service ${key}: ${result.error.message}`;
        recorder.event(
          referenceTo(Resource.services, service),
          'Warning',
          'FailedToUpdateEndpointSlices',
          message,
        );
      }
      return { type: 'failed', error: result.error };
    }
    return RECONCILED;
  }

  async function writeSlices(
    key: string,
    service: V1Service,
    groups: readonly EndpointGroup[],
  ): Promise<ApiResult<unknown>[]> {
    const labels = sliceLabels(service);
    const plan = planSlices(groups, slices.byIndex('service', key), labels);
    const results: ApiResult<unknown>[] = [];
    for (const group of plan.create) {
      const made = await client.create(Resource.endpointslices, newSlice(service, group));
      if (made.ok && slices.get(objectKey(made.value)) === undefined) {
        expectations.expect(key, uidOf(made.value), context.clock.monotonicMs());
      }
      results.push(made);
    }
    for (const { slice, endpoints } of plan.update) {
      results.push(
        await client.update(Resource.endpointslices, {
          ...slice,
          metadata: { ...slice.metadata, labels },
          endpoints: [...endpoints],
        }),
      );
    }
    for (const slice of plan.delete) {
      results.push(
        await client.delete(Resource.endpointslices, locationOf(slice), { uid: uidOf(slice) }),
      );
    }
    return results;
  }

  async function writeLegacy(
    service: V1Service,
    groups: readonly EndpointGroup[],
  ): Promise<ApiResult<unknown>> {
    const subsets = legacySubsets(groups);
    const old = legacy.get(objectKey(service));
    const labels = {
      ...service.metadata?.labels,
      [LEGACY_MANAGED_BY]: 'endpoint-controller',
      ...headlessLabel(service),
    };
    if (old === undefined) {
      const metadata = {
        namespace: service.metadata?.namespace ?? '',
        name: nameOf(service),
        labels,
      };
      return client.create(Resource.endpoints, { metadata, subsets });
    }
    if (sameJson(old.subsets ?? [], subsets) && sameJson(old.metadata?.labels, labels))
      return { ok: true, value: old };
    return client.update(Resource.endpoints, {
      ...old,
      metadata: { ...old.metadata, labels },
      subsets,
    });
  }

  /** The garbage collector would take the slices, but Endpoints have no owner. */
  async function deleteAll(key: string): Promise<Reconciled> {
    expectations.forget(key);
    const old = legacy.get(key);
    if (old?.metadata?.labels?.[LEGACY_MANAGED_BY] === undefined) return RECONCILED;
    const gone = await client.delete(Resource.endpoints, splitKey(key), { uid: uidOf(old) });
    return gone.ok || isNotFound(gone.error) ? RECONCILED : { type: 'failed', error: gone.error };
  }

  watch();
  return {
    name: 'endpointslice',
    start: reconciler.start,
    stop: reconciler.stop,
    report: reconciler.report,
  };
};

function selects(service: V1Service, pod: V1Pod): boolean {
  const selector = Object.entries(service.spec?.selector ?? {});
  return (
    selector.length > 0 && selector.every(([key, value]) => pod.metadata?.labels?.[key] === value)
  );
}

/** The Service of a slice that this controller manages. */
function serviceKeyOf(slice: V1EndpointSlice): string | undefined {
  const labels = slice.metadata?.labels ?? {};
  const name = labels[SERVICE_NAME];
  return name === undefined || labels[MANAGED_BY] !== MANAGER
    ? undefined
    : keyOf({ namespace: slice.metadata?.namespace, name });
}

function headlessLabel(service: V1Service): Record<string, string> {
  return service.spec?.clusterIP === 'None' ? { [HEADLESS]: '' } : {};
}

/** The Service's labels, and those by which its slices are known. */
function sliceLabels(service: V1Service): Record<string, string> {
  return {
    ...service.metadata?.labels,
    ...headlessLabel(service),
    [SERVICE_NAME]: nameOf(service),
    [MANAGED_BY]: MANAGER,
  };
}

function newSlice(service: V1Service, group: EndpointGroup): V1EndpointSlice {
  return {
    addressType: group.addressType,
    metadata: {
      namespace: service.metadata?.namespace ?? '',
      generateName: `${nameOf(service)}-`,
      labels: sliceLabels(service),
      ownerReferences: [referenceToController(Resource.services, service)],
    },
    endpoints: [...group.endpoints],
    ports: [...group.ports],
  };
}
