import { chargeQuotas, conflict, findResource, internalError } from '../../api/index.js';
import { quotaEvaluatorOf } from '../../api/index.js';
import type { KubernetesObject, QuotaEvaluator, V1ResourceQuota } from '../../api/index.js';
import { assertDefined, ok } from '../../base/index.js';
import type { Clock } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { collectionPrefix } from '../registry/object-key.js';
import type { Changed, ObjectStorage, Written } from '../storage/object-storage.js';
import { encodeStored } from '../watch-cache/cached-object.js';
import type { ResourceCache } from '../watch-cache/resource-cache.js';
import { ADMITTED, forbiddenAs } from './admission.js';
import type { AdmissionAttributes } from './admission.js';
import { newestQuotas } from './newest-quotas.js';
import type { StoredQuota } from './newest-quotas.js';
import { quotaChains } from './quota-chain.js';
import type { Charge, QuotaChain } from './quota-chain.js';

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

/** A write that quotas count. */
interface ChargedWrite {
  readonly attributes: AdmissionAttributes;
  readonly concern: Concern;
  readonly write: StoreWrite;
  /** In the order in which they came. */
  readonly ticket: number;
}

/** The quotas that a write changes, as they are then. */
type Charges = Outcome<readonly Charge[]>;

export function resourceQuotaAdmission(ports: QuotaPorts): QuotaAdmission {
  const { clock, storage } = ports;
  const newest = newestQuotas(ports.quotas, ports.cacheRevision);
  const chains = quotaChains();
  let tickets = 0;

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

  function charge(
    attributes: AdmissionAttributes,
    { evaluator }: Concern,
    stored: readonly StoredQuota[],
  ): Charges {
    if (stored.length === 0) return ok([]);
    const { object = {}, old } = attributes;
    const write = { evaluator, object, old, wallMs: clock.wallMs() };
    const charged = chargeQuotas(
      stored.map(({ quota }) => quota),
      write,
    );
    if (!charged.ok) return refuse(forbiddenAs(attributes, charged.error));
    return ok(charged.value.map((quota) => chargeOf(stored, quota)));
  }

  const chargeNow = (attributes: AdmissionAttributes, concern: Concern): Charges =>
    charge(attributes, concern, newest.in(concern.prefix));

  /** On what the store has, with nothing that is only under way: so a refusal is final. */
  async function chargeForSure(
    attributes: AdmissionAttributes,
    concern: Concern,
  ): Promise<Charges> {
    const caughtUp = await ports.caughtUp();
    return caughtUp.ok ? chargeNow(attributes, concern) : caughtUp;
  }

  async function writeFree(write: StoreWrite): Promise<Outcome<Written | Changed>> {
    const { key, revision, object, ttlSeconds } = write;
    return revision === 0
      ? await storage.create(key, object, ttlSeconds)
      : await storage.replace(key, revision, object, ttlSeconds);
  }

  async function tryCharged(
    chain: QuotaChain,
    { attributes, concern, write, ticket }: ChargedWrite,
  ): Promise<Outcome<Written | Changed> | 'refused' | 'again'> {
    await chain.enter(ticket);
    try {
      if (chain.broken) return 'again';
      const charged = charge(attributes, concern, chain.after(newest.in(concern.prefix)));
      if (!charged.ok) return 'refused';
      if (charged.value.length === 0) return await writeFree(write);
      return await send(chain, write, charged.value);
    } finally {
      chain.leave();
    }
  }

  async function send(
    chain: QuotaChain,
    { key, revision, object, ttlSeconds }: StoreWrite,
    charges: readonly Charge[],
  ): Promise<Outcome<Written | Changed> | 'again'> {
    const link = chain.send(charges);
    let isWritten = false;
    try {
      const written = await storage.writeAlong(key, revision, object, ttlSeconds, charges);
      if (!written.ok) return written;
      isWritten = written.value.type === 'written';
      if (written.value.type === 'written') newest.wrote(written.value.along);
      if (written.value.type !== 'along-changed') return ok(written.value);
      newest.found(written.value);
      return 'again';
    } finally {
      link.ended(isWritten);
    }
  }

  /** Again where a quota changed meanwhile: by a write before it that failed, by the controller, or in what it allows. */
  async function writeCharged(
    charged: ChargedWrite,
    endMs: number,
  ): Promise<Outcome<Written | Changed>> {
    const { attributes, concern } = charged;
    while (clock.monotonicMs() < endMs) {
      const chain = chains.of(attributes.namespace);
      const tried = await tryCharged(chain, charged);
      if (tried === 'again') continue;
      if (tried !== 'refused') return tried;
      // What is under way may fail, and leave room.
      await chain.ended();
      const sure = await chargeForSure(attributes, concern);
      if (!sure.ok) return sure;
    }
    const [found] = newest.in(concern.prefix);
    if (found === undefined) return refuse(internalError('resource quota evaluation timed out'));
    return refuse(conflict(QUOTAS, found.quota.metadata?.name ?? ''));
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
      return await writeCharged({ attributes, concern, write, ticket: ++tickets }, endMs);
    },
    async check(attributes) {
      const concern = concernOf(attributes);
      if (concern === undefined) return ADMITTED;
      const charged = chargeNow(attributes, concern);
      const sure = charged.ok ? charged : await chargeForSure(attributes, concern);
      return sure.ok ? ADMITTED : sure;
    },
  };
}

function chargeOf(stored: readonly StoredQuota[], charged: V1ResourceQuota): Charge {
  const name = charged.metadata?.name;
  const read = stored.find(({ quota }) => quota.metadata?.name === name);
  const { key, expected } = assertDefined(read, 'the quota that was read');
  return { key, expected, value: encodeStored(charged as KubernetesObject), quota: charged };
}
