import {
  groupVersionOf,
  isBeingDeleted,
  isConditionTrue,
  isEstablished,
  planDefinitionStatus,
  withCondition,
} from '../../api/index.js';
import type { ApiResource, KubernetesObject, V1CustomResourceDefinition } from '../../api/index.js';
import { ok } from '../../base/index.js';
import { user } from '../authn.js';
import { objectOf } from '../watch-cache/cached-object.js';
import { deleteObject } from '../registry/delete.js';
import { guaranteedWrite } from '../registry/guaranteed-write.js';
import { cacheOf, timestamp } from '../registry/ports.js';
import type { RegistryPorts } from '../registry/ports.js';
import { asDefinition } from './catalog.js';
import { lookAtChanges } from './look-at-changes.js';
import { CLEANUP_FINALIZER } from './strategy.js';

const SELF = user('system:apiserver', ['system:masters']);
const RETRY_MS = 200;
/** Objects with finalizers of their own take their time. */
const LOOK_AGAIN_MS = 500;
const WORKERS = 16;
const OPTIONS = {
  gracePeriodSeconds: undefined,
  propagation: undefined,
  uid: undefined,
  resourceVersion: undefined,
  dryRun: false,
} as const;

/**
 * Sees to the definitions for as long as the server lives: accepts their names, establishes them, and empties what is
 * being deleted. After each change those are looked at that changed, or still want something.
 */
export async function keepDefinitions(
  ports: RegistryPorts,
  resource: ApiResource,
  isStopped: () => boolean,
): Promise<void> {
  const { catalog, clock } = ports;
  const settled = new WeakSet<V1CustomResourceDefinition>();
  await lookAtChanges(clock, [cacheOf(ports, resource)], isStopped, async (later) => {
    for (const definition of [...catalog.definitions()]) {
      if (settled.has(definition)) continue;
      const delayMs = await settle(ports, resource, definition);
      // Nobody tells of the objects that go: this one is looked at again by itself.
      if (delayMs !== undefined) later(delayMs);
      else if (hasItsNames(definition)) settled.add(definition);
    }
  });
}

/** Who has its names keeps them, whatever becomes of the others. */
function hasItsNames(definition: V1CustomResourceDefinition): boolean {
  return isConditionTrue(definition.status?.conditions, 'NamesAccepted') && !isGoing(definition);
}

function isGoing(definition: V1CustomResourceDefinition): boolean {
  return isBeingDeleted(definition as unknown as KubernetesObject);
}

interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** Brings one definition on by a step. Returns after how many ms it has to be looked at again, if so. */
async function settle(
  ports: RegistryPorts,
  resource: ApiResource,
  current: V1CustomResourceDefinition,
): Promise<number | undefined> {
  const place = { namespace: '', name: current.metadata?.name ?? '' };
  if (isGoing(current)) return await finalize(ports, resource, place, current);
  const now = timestamp(ports.clock);
  const planned = (definition: V1CustomResourceDefinition): V1CustomResourceDefinition['status'] =>
    planDefinitionStatus(definition, ports.catalog.definitionsIn(definition.spec.group), now);
  if (planned(current) === undefined) return undefined;
  const written = await guaranteedWrite(ports, { resource, ...place, dryRun: false }, (old) => {
    if (old === undefined) return ok({ type: 'keep', object: {} });
    const status = planned(asDefinition(old));
    return ok(
      status === undefined
        ? { type: 'keep', object: old }
        : { type: 'write', object: { ...old, status } },
    );
  });
  return written.ok ? undefined : RETRY_MS;
}

async function finalize(
  ports: RegistryPorts,
  resource: ApiResource,
  place: Place,
  definition: V1CustomResourceDefinition,
): Promise<number | undefined> {
  if (definition.metadata?.finalizers?.includes(CLEANUP_FINALIZER) !== true) return undefined;
  const rows = ports.catalog
    .rows()
    .filter(({ custom }) => custom.definition === definition.metadata?.name);
  // What is deleted as it is stored needs no webhook.
  const row =
    rows.find((each) => each.custom.storageApiVersion === groupVersionOf(each)) ?? rows[0];
  if (isEstablished(definition) && row !== undefined && !(await empty(ports, row)))
    return LOOK_AGAIN_MS;
  const done = row === undefined ? 'NeverEstablished' : 'InstanceDeletionCompleted';
  const written = await guaranteedWrite(ports, { resource, ...place, dryRun: false }, (old) => {
    if (old === undefined) return ok({ type: 'keep', object: {} });
    const finalizers = (old.metadata?.finalizers ?? []).filter(
      (each) => each !== CLEANUP_FINALIZER,
    );
    const metadata = { ...old.metadata, finalizers };
    if (finalizers.length === 0) return ok({ type: 'remove', object: { ...old, metadata } });
    const { status } = asDefinition(old);
    const terminating = {
      type: 'Terminating',
      status: 'False',
      reason: done,
      message: row === undefined ? 'resource was never established' : 'removed all instances',
    };
    const conditions = withCondition(status?.conditions ?? [], terminating, timestamp(ports.clock));
    return ok({ type: 'write', object: { ...old, metadata, status: { ...status, conditions } } });
  });
  if (!written.ok) return RETRY_MS;
  if (row !== undefined && written.value.type === 'removed')
    ports.feed.drop(`${row.storagePrefix}/`);
  return undefined;
}

/** Deletes all objects of a resource. True: there are none left. */
async function empty(ports: RegistryPorts, row: ApiResource): Promise<boolean> {
  const cache = cacheOf(ports, row);
  const objects = [...cache.list(cache.prefix)].map(objectOf);
  const pending = objects.filter((object) => !isBeingDeleted(object));
  for (let from = 0; from < pending.length; from += WORKERS) {
    await Promise.all(
      pending.slice(from, from + WORKERS).map(async ({ metadata }) => {
        const { namespace = '', name = '' } = metadata ?? {};
        await deleteObject(ports, row, { namespace, name }, OPTIONS, { user: SELF });
      }),
    );
  }
  if (objects.length === 0) return await isEmptyInStore(ports, row);
  await ports.barrier.revision().then(async (answer) => {
    if (answer.ok) await ports.feed.waitFor(Number(answer.value.header.revision), 1_000);
  });
  return cache.size === 0 && (await isEmptyInStore(ports, row));
}

/** The cache may be a moment behind: only the store knows that there is nothing. */
async function isEmptyInStore(ports: RegistryPorts, row: ApiResource): Promise<boolean> {
  const prefix = `${row.storagePrefix}/`;
  const answer = await ports.store.range({
    key: prefix,
    rangeEnd: `${row.storagePrefix}0`,
    countOnly: true,
  });
  return answer.ok && answer.value.count === 0;
}
