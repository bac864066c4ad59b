import { assert, ok } from '../base/index.js';
import type { ActorContext, ActorRef, AskOptions, AskResult, Peer } from '../actor/index.js';
import type {
  Operation,
  RangeRequest,
  RangeResponse,
  TxnRequest,
  TxnResponse,
} from '../mvcc/index.js';
import type {
  ReplicaFigures,
  ReplicaStatus,
  StoreProtocol,
  StoreResult,
  WatchRequest,
  WriteSession,
} from '../protocol/index.js';
import { call, leaderBeside, nextLive, refTo, sessionForgotten } from './client-call.js';
import type { Attempt, ClientState, StoreCallOptions, StoreClientOptions } from './client-call.js';
import { SecondOpinion } from './second-opinion.js';
import { openStoreWatch } from './watch-client.js';
import type { StoreWatch, StoreWatchHandlers } from './watch-client.js';

export type { StoreCallOptions, StoreClientOptions } from './client-call.js';

/**
 * The store as an actor sees it: finds the leader, waits out elections up to its deadline, and makes every write happen
 * at most once. A write's success is followed by reads that see it. No call rejects.
 */
export interface StoreClient {
  /** Linearizable, unless `serializable` (any live replica answers, perhaps with the past). */
  range(request: RangeRequest, options?: StoreCallOptions): Promise<StoreResult<RangeResponse>>;
  /** `outcome-unknown` and `timeout` say that the write may have happened or may still happen, once. */
  txn(request: TxnRequest, options?: StoreCallOptions): Promise<StoreResult<TxnResponse>>;
  /** `compacted` may be the work of an earlier try of the same call. */
  compact(revision: number, options?: StoreCallOptions): Promise<StoreResult<object>>;
  /** `id` 0n: the client draws one. */
  leaseGrant(
    id: bigint,
    ttlSeconds: number,
    options?: StoreCallOptions,
  ): Promise<StoreResult<LeaseGranted>>;
  /** `lease-not-found` may be the work of an earlier try of the same call. */
  leaseRevoke(id: bigint, options?: StoreCallOptions): Promise<StoreResult<object>>;
  leaseKeepAlive(
    id: bigint,
    options?: StoreCallOptions,
  ): Promise<StoreResult<{ readonly ttlSeconds: number }>>;
  /** Of the replicas that answer: `replicas` in their order, then those that were added. */
  status(options?: StoreCallOptions): Promise<readonly ReplicaStatus[]>;
  /** What they count, of those that answer. */
  figures(options?: StoreCallOptions): Promise<readonly ReplicaFigures[]>;
  watch(request: WatchRequest, handlers: StoreWatchHandlers): StoreWatch;
  /** To be called by the owner's behaviour for every peer; those that are no replicas are ignored. */
  peerUp(peer: Peer): void;
  peerDown(peer: Peer): void;
}

export interface LeaseGranted {
  readonly id: bigint;
  readonly ttlSeconds: number;
}

interface Client extends ClientState {
  /** Opened by the first write, and anew where the store has forgotten it. */
  session: Session | undefined;
}

export function createStoreClient(context: ActorContext, options: StoreClientOptions): StoreClient {
  assert(options.replicas.length > 0, 'a store has replicas');
  const client: Client = {
    context,
    options,
    replicas: options.replicas,
    leader: undefined,
    cursor: context.random.uint32(),
    session: undefined,
    refs: new Map(),
    opinion: new SecondOpinion({
      clock: context.clock,
      leaderBeside: (asked) => leaderBeside(client, asked),
    }),
  };
  return {
    range: (request, callOptions) => range(client, request, callOptions),
    txn: (request, callOptions) => txn(client, request, callOptions),
    compact: (revision, callOptions) =>
      call(client, 'leader', callOptions, (to, ask) =>
        context.ask(to, 'compact', { revision }, ask),
      ),
    leaseGrant: (id, ttlSeconds, callOptions) =>
      leaseGrant(client, id === 0n ? drawLeaseId(client) : id, ttlSeconds, callOptions),
    leaseRevoke: (id, callOptions) =>
      call(client, 'leader', callOptions, (to, ask) => context.ask(to, 'leaseRevoke', { id }, ask)),
    leaseKeepAlive: (id, callOptions) =>
      call(client, 'leader', callOptions, (to, ask) =>
        context.ask(to, 'leaseKeepAlive', { id }, ask),
      ),
    status: (callOptions) =>
      askAll(client, callOptions, (to, ask) => context.ask(to, 'status', {}, ask)),
    figures: async (callOptions) => {
      const all = await askAll(client, callOptions, (to, ask) =>
        context.ask(to, 'figures', {}, ask),
      );
      return all.filter((figures) => figures !== null);
    },
    watch: (request, handlers) =>
      openStoreWatch(context, () => nextLive(client), request, handlers),
    peerUp({ id }) {
      // Who is up is asked of the context at each try, and a pause is at most 50 ms.
      if (options.isReplica?.(id) === true && !client.replicas.includes(id))
        client.replicas = [...client.replicas, id];
    },
    peerDown({ id }) {
      if (client.leader === id) client.leader = undefined;
      // One that was added later is known again when it comes up again, and forgotten where it was removed.
      if (!options.replicas.includes(id))
        client.replicas = client.replicas.filter((known) => known !== id);
    },
  };
}

/** See docs/decisions/0002-exactly-once-writes.md. */
interface Session {
  readonly id: string;
  nextSequence: number;
  /** Writes that still wait for an answer, in order of sequence. */
  readonly outstanding: Set<number>;
}

function range(
  client: Client,
  request: RangeRequest,
  options?: StoreCallOptions,
): Promise<StoreResult<RangeResponse>> {
  const target = request.serializable === true ? 'any' : 'leader';
  return call(client, target, options, (to, ask) => client.context.ask(to, 'range', request, ask));
}

function txn(
  client: Client,
  request: TxnRequest,
  options?: StoreCallOptions,
): Promise<StoreResult<TxnResponse>> {
  if (!mayWrite(request))
    return call(client, 'leader', options, (to, ask) =>
      client.context.ask(to, 'txn', request, ask),
    );
  const { compare, success, failure } = request;
  const session = (client.session ??= openSession(client));
  const sequence = session.nextSequence++;
  session.outstanding.add(sequence);
  const attempt: Attempt<TxnResponse> = (to, ask) => {
    const tried: WriteSession = { id: session.id, sequence, answeredBelow: answeredBelow(session) };
    return client.context.ask(to, 'txn', { compare, success, failure, session: tried }, ask);
  };
  return call(client, 'leader', options, attempt, (result) => {
    // After a deadline too: it will not be tried again, and a late try that is still on its way shall not run.
    session.outstanding.delete(sequence);
    if (!result.ok && sessionForgotten(result.error) && client.session === session)
      client.session = undefined;
  });
}

function openSession(client: Client): Session {
  return {
    id: sessionId(client.context.crypto.uuid()),
    nextSequence: 1,
    outstanding: new Set(),
  };
}

/** It is in every write, so it is short: of 60 random bits no two sessions have the same. */
function sessionId(uuid: string): string {
  return uuid.replaceAll('-', '').slice(-15);
}

function answeredBelow(session: Session): number {
  for (const lowest of session.outstanding) return lowest;
  return session.nextSequence;
}

/** A transaction that only reads may run twice, and its response need not be remembered. */
function mayWrite({ success, failure }: TxnRequest): boolean {
  return success.some(writes) || failure.some(writes);
}

function writes(operation: Operation): boolean {
  const { type } = operation;
  return type === 'put' || type === 'deleteRange' || (type === 'txn' && mayWrite(operation));
}

async function leaseGrant(
  client: Client,
  id: bigint,
  ttlSeconds: number,
  options?: StoreCallOptions,
): Promise<StoreResult<LeaseGranted>> {
  const { context } = client;
  const seen = { uncertain: false };
  const granted = await call<LeaseGranted>(
    client,
    'leader',
    options,
    (to, ask) => context.ask(to, 'leaseGrant', { id, ttlSeconds }, ask),
    (_, uncertain) => {
      seen.uncertain = uncertain;
    },
  );
  if (granted.ok || granted.error.code !== 'lease-exists' || !seen.uncertain) return granted;
  // An earlier try has made it: what it lacks is the answer.
  const alive = await call(client, 'leader', options, (to, ask) =>
    context.ask(to, 'leaseKeepAlive', { id }, ask),
  );
  return alive.ok ? ok({ id, ...alive.value }) : alive;
}

/** As etcd draws them: positive, never 0. */
function drawLeaseId({ context }: Client): bigint {
  const high = BigInt(context.random.uint32() & 0x7fffffff);
  return (high << 32n) | BigInt(context.random.uint32() || 1);
}

/** What those replicas say that answer. */
async function askAll<T>(
  client: Client,
  options: StoreCallOptions | undefined,
  ask: (to: ActorRef<StoreProtocol>, options: AskOptions) => Promise<AskResult<T>>,
): Promise<T[]> {
  const timeoutMs = options?.timeoutMs ?? client.options.requestTimeoutMs;
  const asked = client.replicas.map((id) =>
    ask(refTo(client, id), {
      timeoutMs,
      traceId: options?.traceId,
    }),
  );
  const answers = await Promise.all(asked);
  return answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
}
