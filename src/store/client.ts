import { actorId, assert, failed, ok } from '../base/index.js';
import type { ActorId } from '../base/index.js';
import type { ActorContext, ActorRef, AskOptions, AskResult, Peer } from '../actor/index.js';
import type {
  Operation,
  RangeRequest,
  RangeResponse,
  TxnRequest,
  TxnResponse,
} from '../mvcc/index.js';
import { overflowOf } from '../protocol/index.js';
import type {
  ReplicaFigures,
  ReplicaStatus,
  StoreError,
  StoreProtocol,
  StoreResult,
  WatchRequest,
  WriteSession,
} from '../protocol/index.js';
import { SecondOpinion } from './second-opinion.js';
import { openStoreWatch, retryPauseMs } from './watch-client.js';
import type { StoreWatch, StoreWatchHandlers } from './watch-client.js';

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

export interface StoreCallOptions {
  /** Default: the client's `requestTimeoutMs`. */
  readonly timeoutMs?: number | undefined;
  readonly traceId?: string | undefined;
}

export interface StoreClientOptions {
  /** Those that are known from the start. */
  readonly replicas: readonly ActorId[];
  readonly requestTimeoutMs: number;
  /** Which of the peers that come up later are replicas too. Default: none that is not in `replicas`. */
  readonly isReplica?: ((id: ActorId) => boolean) | undefined;
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

interface Client {
  readonly context: ActorContext;
  readonly options: StoreClientOptions;
  replicas: readonly ActorId[];
  /** Who last answered as leader, or was named by another replica. */
  leader: ActorId | undefined;
  /** Turns through the replicas. */
  cursor: number;
  readonly opinion: SecondOpinion;
  /** Opened by the first write, and anew where the store has forgotten it. */
  session: Session | undefined;
}

/** See docs/decisions/0002-exactly-once-writes.md. */
interface Session {
  readonly id: string;
  nextSequence: number;
  /** Writes that still wait for an answer, in order of sequence. */
  readonly outstanding: Set<number>;
}

type Target = 'leader' | 'any';
type Attempt<T> = (
  to: ActorRef<StoreProtocol>,
  options: AskOptions,
) => Promise<AskResult<StoreResult<T>>>;

function range(
  client: Client,
  request: RangeRequest,
  options?: StoreCallOptions,
): Promise<StoreResult<RangeResponse>> {
  const target = request.serializable === true ? 'any' : 'leader';
  return call(client, target, options, (to, ask) => client.context.ask(to, 'range', request, ask));
}

async function txn(
  client: Client,
  request: TxnRequest,
  options?: StoreCallOptions,
): Promise<StoreResult<TxnResponse>> {
  if (!mayWrite(request))
    return call(client, 'leader', options, (to, ask) =>
      client.context.ask(to, 'txn', request, ask),
    );
  const session = (client.session ??= openSession(client));
  const sequence = session.nextSequence++;
  session.outstanding.add(sequence);
  const result = await call(client, 'leader', options, (to, ask) => {
    const tried: WriteSession = { id: session.id, sequence, answeredBelow: answeredBelow(session) };
    return client.context.ask(to, 'txn', { ...request, session: tried }, ask);
  });
  // After a deadline too: it will not be tried again, and a late try that is still on its way shall not run.
  session.outstanding.delete(sequence);
  if (!result.ok && sessionForgotten(result.error) && client.session === session)
    client.session = undefined;
  return result;
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
function mayWrite(request: TxnRequest): boolean {
  const writes = (operation: Operation): boolean =>
    operation.type === 'put' ||
    operation.type === 'deleteRange' ||
    (operation.type === 'txn' && mayWrite(operation));
  return request.success.some(writes) || request.failure.some(writes);
}

async function leaseGrant(
  client: Client,
  id: bigint,
  ttlSeconds: number,
  options?: StoreCallOptions,
): Promise<StoreResult<LeaseGranted>> {
  const { context } = client;
  const tries: Tries = { uncertain: false };
  const granted = await call<LeaseGranted>(
    client,
    'leader',
    options,
    (to, ask) => context.ask(to, 'leaseGrant', { id, ttlSeconds }, ask),
    tries,
  );
  if (granted.ok || granted.error.code !== 'lease-exists' || !tries.uncertain) return granted;
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
  const { context } = client;
  const timeoutMs = options?.timeoutMs ?? client.options.requestTimeoutMs;
  const asked = client.replicas.map((id) =>
    ask(context.ref<StoreProtocol>(id, overflowOf.store), {
      timeoutMs,
      traceId: options?.traceId,
    }),
  );
  const answers = await Promise.all(asked);
  return answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
}

/** What the tries of a call have led to so far. */
interface Tries {
  /** One of them may have had an effect. */
  uncertain: boolean;
}

/** Tries until there is a final answer or the deadline has passed. */
async function call<T>(
  client: Client,
  target: Target,
  options: StoreCallOptions | undefined,
  attempt: Attempt<T>,
  tries: Tries = { uncertain: false },
): Promise<StoreResult<T>> {
  const { context } = client;
  const timeoutMs = options?.timeoutMs ?? client.options.requestTimeoutMs;
  const deadlineMs = context.clock.monotonicMs() + timeoutMs;
  let lastSawNoLeader = false;
  let failures = 0;
  let hops = 0;
  for (;;) {
    const leftMs = deadlineMs - context.clock.monotonicMs();
    if (leftMs <= 0)
      return failed(deadlineError(lastSawNoLeader && !tries.uncertain, tries.uncertain));
    const replica = (target === 'leader' ? knownLeader(client) : undefined) ?? nextLive(client);
    let verdict: Verdict<T> = { type: 'retry', noLeader: true, uncertain: false };
    if (replica !== undefined) {
      const askOptions = {
        timeoutMs: Math.min(leftMs, attemptTimeoutMs(timeoutMs)),
        traceId: options?.traceId,
      };
      const { id } = replica;
      verdict = await client.opinion.orMoved(
        id,
        attempt(replica, askOptions).then((answer) => judge(client, target, id, answer)),
        (leader) => moved(client, leader),
      );
    }
    if (verdict.type === 'final') return verdict.result;
    tries.uncertain ||= verdict.uncertain;
    lastSawNoLeader = verdict.type === 'retry' && verdict.noLeader;
    // Two replicas that name each other shall not keep this spinning: hints are followed once around, then it pauses.
    if (verdict.type === 'hint' && hops++ < client.replicas.length) continue;
    hops = 0;
    const pauseMs = Math.min(
      retryPauseMs(++failures),
      Math.max(1, deadlineMs - context.clock.monotonicMs()),
    );
    await context.sleep(pauseMs);
  }
}

/** Of a question to another replica who leads. */
const OPINION_TIMEOUT_MS = 100;

/** A leader that hangs, or is cut off, shall not use up the whole deadline. */
function attemptTimeoutMs(timeoutMs: number): number {
  return Math.max(100, timeoutMs / 4);
}

type Verdict<T> =
  | { readonly type: 'final'; readonly result: StoreResult<T> }
  /** Another replica was named as the leader: go there at once. */
  | { readonly type: 'hint'; readonly uncertain: boolean }
  | { readonly type: 'retry'; readonly noLeader: boolean; readonly uncertain: boolean };

/** Who was asked does not answer, and another replica leads. What was asked may have happened, or may still. */
function moved(client: Client, leader: ActorId): Verdict<never> {
  client.leader = leader;
  return { type: 'hint', uncertain: true };
}

/** A leader that one of the other live replicas names, and that can be reached. */
async function leaderBeside(client: Client, asked: ActorId): Promise<ActorId | undefined> {
  const { context } = client;
  const named = client.replicas
    .filter((id) => id !== asked && isLive(client, id))
    .map(async (id) => {
      const to = context.ref<StoreProtocol>(id, overflowOf.store);
      const answer = await context.ask(to, 'status', {}, { timeoutMs: OPINION_TIMEOUT_MS });
      return answer.ok ? answer.value : undefined;
    });
  const statuses = (await Promise.all(named)).filter((status) => status !== undefined);
  const newest = statuses.sort((a, b) => b.term - a.term).find(({ leader }) => leader !== null);
  const leader = client.replicas.find((id) => id === newest?.leader && id !== asked);
  return leader !== undefined && isLive(client, leader) ? leader : undefined;
}

/** Learns from an answer who leads, and says how to go on. */
function judge<T>(
  client: Client,
  target: Target,
  from: ActorId,
  answer: AskResult<StoreResult<T>>,
): Verdict<T> {
  if (!answer.ok) {
    const { code, handedOver } = answer.error;
    const misuse =
      code === 'not-encodable' ||
      code === 'unknown-operation' ||
      code === 'not-linked' ||
      code === 'ask-to-self';
    assert(!misuse, `a store request was ${code}`);
    forgetLeader(client, from);
    return { type: 'retry', noLeader: code === 'actor-down' && !handedOver, uncertain: handedOver };
  }
  if (answer.value.ok) {
    // A follower that answers reads may be taken for the leader; the first write then learns better from its hint.
    if (target === 'leader') client.leader ??= from;
    return { type: 'final', result: answer.value };
  }
  const { error } = answer.value;
  switch (error.code) {
    case 'not-leader': {
      forgetLeader(client, from);
      const hint = leaderHint(client, error, from);
      if (hint === undefined) return { type: 'retry', noLeader: true, uncertain: false };
      client.leader = hint;
      return { type: 'hint', uncertain: false };
    }
    case 'no-leader':
    case 'proposal-dropped':
    case 'stopping':
    case 'corrupt':
      forgetLeader(client, from);
      return { type: 'retry', noLeader: error.code === 'no-leader', uncertain: false };
    case 'outcome-unknown':
      if (sessionForgotten(error)) return { type: 'final', result: answer.value };
      forgetLeader(client, from);
      return { type: 'retry', noLeader: false, uncertain: true };
    case 'timeout':
      forgetLeader(client, from);
      return { type: 'retry', noLeader: false, uncertain: true };
    default:
      return { type: 'final', result: answer.value };
  }
}

/** The state machine itself, and no replica's loss of sight of a proposal, says that it does not know this write any more. */
function sessionForgotten(error: StoreError): boolean {
  return (
    error.code === 'outcome-unknown' &&
    typeof error.details === 'object' &&
    error.details !== null &&
    'session' in error.details
  );
}

function leaderHint(client: Client, error: StoreError, from: ActorId): ActorId | undefined {
  const named = (error.details as { readonly leader?: unknown } | undefined)?.leader;
  if (typeof named !== 'string' || named === from) return undefined;
  const hint = actorId(named);
  return client.replicas.includes(hint) && isLive(client, hint) ? hint : undefined;
}

function forgetLeader(client: Client, id: ActorId): void {
  if (client.leader === id) client.leader = undefined;
}

function isLive({ context }: Client, id: ActorId): boolean {
  return context.peer(context.ref<StoreProtocol>(id, overflowOf.store)) !== undefined;
}

function knownLeader(client: Client): ActorRef<StoreProtocol> | undefined {
  const { leader } = client;
  return leader !== undefined && isLive(client, leader)
    ? client.context.ref<StoreProtocol>(leader, overflowOf.store)
    : undefined;
}

/** The next live replica of the round, or none. */
function nextLive(client: Client): ActorRef<StoreProtocol> | undefined {
  const { replicas } = client;
  for (let step = 0; step < replicas.length; step++) {
    client.cursor = (client.cursor + 1) % replicas.length;
    const id = replicas[client.cursor];
    if (id !== undefined && isLive(client, id))
      return client.context.ref<StoreProtocol>(id, overflowOf.store);
  }
  return undefined;
}

function deadlineError(noLeader: boolean, handedOver: boolean): StoreError {
  return noLeader
    ? { code: 'no-leader', message: 'etcdserver: no leader' }
    : { code: 'timeout', message: 'etcdserver: request timed out', details: { handedOver } };
}
