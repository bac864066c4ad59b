import { chargeQuotas, conflict, findResource, internalError } from '../../api/index.js';
import { quotaEvaluatorOf } from '../../api/index.js';
import type { KubernetesObject, QuotaEvaluator, V1ResourceQuota } from '../../api/index.js';
import { assertDefined, ok } from '../../base/index.js';
import type { Clock } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { collectionPrefix } from '../registry/object-key.js';
import type { Along, Changed, ObjectStorage, Written } from '../storage/object-storage.js';
import type { ResourceCache } from '../watch-cache/resource-cache.js';
import { ADMITTED, forbiddenAs } from './admission.js';
import type { AdmissionAttributes } from './admission.js';
import { newestQuotas } from './newest-quotas.js';
import type { StoredQuota } from './newest-quotas.js';
import { turnsOf } from './turns.js';

export const QUOTAS = assertDefined(
  findResource('', 'v1', 'resourcequotas'),
  'the resource resourcequotas',
);

/** A write that is ready for the store. */
export interface StoreWrite {
  readonly key: string;
  /** 0: it is created. */
  readonly revision: number;
  /** As it is stored. */
  readonly object: KubernetesObject;
  readonly ttlSeconds: number | undefined;
}

/** ResourceQuota, the last of all admission: what is written is charged to the quotas of its namespace. */
export interface QuotaAdmission {
  /** Writes an object, and in the same transaction what its quotas say is used. Without attributes it is not charged. */
  write(
    attributes: AdmissionAttributes | undefined,
    write: StoreWrite,
  ): Promise<Outcome<Written | Changed>>;
  /** Whether it could be written: nothing is charged. */
  check(attributes: AdmissionAttributes): Promise<Outcome<undefined>>;
}

export interface QuotaPorts {
  readonly clock: Clock;
  readonly storage: Pick<ObjectStorage, 'create' | 'replace' | 'writeAlong'>;
  readonly quotas: Pick<ResourceCache, 'size' | 'list'>;
  /** Up to where the cache is complete. */
  readonly cacheRevision: () => number;
  /** Resolves once the cache has all that the store had acknowledged. */
  readonly caughtUp: () => Promise<Outcome<unknown>>;
  /** How long a write may try where nobody says when its client is answered. */
  readonly timeoutMs: number;
}

interface Concern {
  readonly evaluator: QuotaEvaluator;
  readonly prefix: string;
}

/** The quotas that a write changes: as they were read, and as they are then. */
type Charge = Outcome<readonly Along[]>;

export function resourceQuotaAdmission(ports: QuotaPorts): QuotaAdmission {
  const { clock, storage } = ports;
  const newest = newestQuotas(ports.quotas, ports.cacheRevision);
  const turns = turnsOf();

  /** Undefined: no quota is concerned, whatever is written. */
  function concernOf({
    operation,
    resource,
    subresource,
    namespace,
  }: AdmissionAttributes): Concern | undefined {
    if (!newest.some || !resource.namespaced || namespace === '') return undefined;
    const evaluator = quotaEvaluatorOf(resource);
    const part = subresource === '' ? 'main' : subresource;
    const mayGrow =
      operation === 'CREATE' ? part === 'main' : evaluator?.growsBy.includes(part) === true;
    if (evaluator === undefined || !mayGrow) return undefined;
    return { evaluator, prefix: collectionPrefix(QUOTAS, namespace) };
  }

  function chargeNow(attributes: AdmissionAttributes, { evaluator, prefix }: Concern): Charge {
    const stored = newest.in(prefix);
    if (stored.length === 0) return ok([]);
    const { object = {}, old } = attributes;
    const write = { evaluator, object, old, wallMs: clock.wallMs() };
    const charged = chargeQuotas(
      stored.map(({ quota }) => quota),
      write,
    );
    if (!charged.ok) return refuse(forbiddenAs(attributes, charged.error));
    return ok(charged.value.map((quota) => alongOf(stored, quota)));
  }

  /** A refusal is final once it was made on what the store has. */
  async function charge(attributes: AdmissionAttributes, concern: Concern): Promise<Charge> {
    const charged = chargeNow(attributes, concern);
    if (charged.ok) return charged;
    const caughtUp = await ports.caughtUp();
    return caughtUp.ok ? chargeNow(attributes, concern) : caughtUp;
  }

  async function writeFree(write: StoreWrite): Promise<Outcome<Written | Changed>> {
    const { key, revision, object, ttlSeconds } = write;
    return revision === 0
      ? await storage.create(key, object, ttlSeconds)
      : await storage.replace(key, revision, object, ttlSeconds);
  }

  /** Again where a quota changed meanwhile: its status, by the controller, or what it allows. */
  async function writeCharged(
    attributes: AdmissionAttributes,
    concern: Concern,
    write: StoreWrite,
    endMs: number,
  ): Promise<Outcome<Written | Changed>> {
    const { key, revision, object, ttlSeconds } = write;
    let last: readonly Along[] = [];
    while (clock.monotonicMs() < endMs) {
      const charged = await charge(attributes, concern);
      if (!charged.ok) return charged;
      last = charged.value;
      if (last.length === 0) return await writeFree(write);
      const written = await storage.writeAlong(key, revision, object, ttlSeconds, last);
      if (!written.ok) return written;
      if (written.value.type === 'changed') return ok(written.value);
      if (written.value.type === 'written') {
        newest.wrote(written.value.along);
        return ok(written.value);
      }
      newest.found(written.value);
    }
    const [quota] = last;
    if (quota === undefined) return refuse(internalError('resource quota evaluation timed out'));
    return refuse(conflict(QUOTAS, quota.object.metadata?.name ?? ''));
  }

  return {
    async write(attributes, write) {
      const concern = attributes === undefined ? undefined : concernOf(attributes);
      if (attributes === undefined || concern === undefined) return await writeFree(write);
      // Most namespaces have no quota, and most quotas do not count everything.
      const charged = chargeNow(attributes, concern);
      if (charged.ok && charged.value.length === 0) return await writeFree(write);
      const nowMs = clock.monotonicMs();
      const endMs = Math.min(
        attributes.request?.notes.deadlineMs ?? Infinity,
        nowMs + ports.timeoutMs,
      );
      return await turns.take(attributes.namespace, () =>
        writeCharged(attributes, concern, write, endMs),
      );
    },
    async check(attributes) {
      const concern = concernOf(attributes);
      if (concern === undefined) return ADMITTED;
      const charged = await charge(attributes, concern);
      return charged.ok ? ADMITTED : charged;
    },
  };
}

function alongOf(stored: readonly StoredQuota[], charged: V1ResourceQuota): Along {
  const name = charged.metadata?.name;
  const read = stored.find(({ quota }) => quota.metadata?.name === name);
  const { key, revision } = assertDefined(read, 'the quota that was read');
  return { key, revision, object: charged as KubernetesObject };
}
