import { actorId, assert, assertDefined, failed } from '../base/index.js';
import type { ActorId } from '../base/index.js';
import type { ActorContext, ActorRef, AskOptions, AskResult } from '../actor/index.js';
import { overflowOf } from '../protocol/index.js';
import type { StoreError, StoreProtocol, StoreResult } from '../protocol/index.js';
import type { SecondOpinion, Waiting } from './second-opinion.js';
import { retryPauseMs } from './watch-client.js';

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

/** What the calls of one client share. */
export interface ClientState {
  readonly context: ActorContext;
  readonly options: StoreClientOptions;
  replicas: readonly ActorId[];
  /** Who last answered as leader, or was named by another replica. */
  leader: ActorId | undefined;
  /** Turns through the replicas. */
  cursor: number;
  readonly opinion: SecondOpinion;
  /** By replica. */
  readonly refs: Map<ActorId, ActorRef<StoreProtocol>>;
}

export type Target = 'leader' | 'any';
export type Attempt<T> = (
  to: ActorRef<StoreProtocol>,
  options: AskOptions,
) => Promise<AskResult<StoreResult<T>>>;

/** Tries until there is a final answer or the deadline has passed. */
export function call<T>(
  client: ClientState,
  target: Target,
  options: StoreCallOptions | undefined,
  attempt: Attempt<T>,
  ended?: Ended<T>,
): Promise<StoreResult<T>> {
  return new Promise((resolve, reject) => {
    new Call({ client, target, attempt, ended }, options, resolve, reject).begin();
  });
}

/** Runs when the call ends. `uncertain`: one of its tries may have had an effect that the result does not tell of. */
type Ended<T> = (result: StoreResult<T>, uncertain: boolean) => void;

interface CallParts<T> {
  readonly client: ClientState;
  readonly target: Target;
  readonly attempt: Attempt<T>;
  readonly ended: Ended<T> | undefined;
}

/** One call under way. There are many at a time, so it is one object, and not a chain of promises. */
class Call<T> implements Waiting {
  readonly #parts: CallParts<T>;
  readonly #traceId: string | undefined;
  readonly #timeoutMs: number;
  readonly #deadlineMs: number;
  readonly #resolve: (result: StoreResult<T>) => void;
  readonly #reject: (error: unknown) => void;
  sinceMs: number;
  /** Who is asked now. */
  #asked: ActorId | undefined = undefined;
  /** An answer to an earlier try is dropped. */
  #tries = 0;
  #uncertain = false;
  #lastSawNoLeader = false;
  #failures = 0;
  #hops = 0;

  constructor(
    parts: CallParts<T>,
    options: StoreCallOptions | undefined,
    resolve: (result: StoreResult<T>) => void,
    reject: (error: unknown) => void,
  ) {
    const { client } = parts;
    this.#parts = parts;
    this.#traceId = options?.traceId;
    this.#timeoutMs = options?.timeoutMs ?? client.options.requestTimeoutMs;
    this.#resolve = resolve;
    this.#reject = reject;
    this.sinceMs = client.context.clock.monotonicMs();
    this.#deadlineMs = this.sinceMs + this.#timeoutMs;
  }

  begin(): void {
    this.#try(this.#timeoutMs);
  }

  moved(leader: ActorId): void {
    this.#asked = undefined;
    this.#tries++;
    this.#judged(moved(this.#parts.client, leader));
  }

  #try(leftMs: number): void {
    if (leftMs <= 0) {
      const noLeader = this.#lastSawNoLeader && !this.#uncertain;
      this.#end(failed(deadlineError(noLeader, this.#uncertain)));
      return;
    }
    const { client, target, attempt } = this.#parts;
    const replica = (target === 'leader' ? knownLeader(client) : undefined) ?? nextLive(client);
    if (replica === undefined) {
      this.#judged({ type: 'retry', noLeader: true, uncertain: false });
      return;
    }
    const timeoutMs = Math.min(leftMs, attemptTimeoutMs(this.#timeoutMs));
    this.#asked = replica.id;
    client.opinion.waits(replica.id, this);
    const number = ++this.#tries;
    attempt(replica, { timeoutMs, traceId: this.#traceId }).then((answer) => {
      if (number === this.#tries) this.#answered(answer);
    }, this.#reject);
  }

  #answered(answer: AskResult<StoreResult<T>>): void {
    const { client, target } = this.#parts;
    const asked = assertDefined(this.#asked, 'who was asked');
    client.opinion.answered(asked, this);
    this.#asked = undefined;
    try {
      this.#judged(judge(client, target, asked, answer));
    } catch (error) {
      this.#reject(error);
    }
  }

  #judged(verdict: Verdict<T>): void {
    if (verdict.type === 'final') {
      this.#end(verdict.result);
      return;
    }
    const { client } = this.#parts;
    this.#uncertain ||= verdict.uncertain;
    this.#lastSawNoLeader = verdict.type === 'retry' && verdict.noLeader;
    // Two replicas that name each other shall not keep this spinning: hints are followed once around, then it pauses.
    if (verdict.type === 'hint' && this.#hops++ < client.replicas.length) {
      this.#again();
      return;
    }
    this.#hops = 0;
    const leftMs = this.#deadlineMs - client.context.clock.monotonicMs();
    const pauseMs = Math.min(retryPauseMs(++this.#failures), Math.max(1, leftMs));
    void client.context.sleep(pauseMs).then(() => {
      this.#again();
    });
  }

  #again(): void {
    this.sinceMs = this.#parts.client.context.clock.monotonicMs();
    this.#try(this.#deadlineMs - this.sinceMs);
  }

  #end(result: StoreResult<T>): void {
    this.#parts.ended?.(result, this.#uncertain);
    this.#resolve(result);
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
function moved(client: ClientState, leader: ActorId): Verdict<never> {
  client.leader = leader;
  return { type: 'hint', uncertain: true };
}

/** A leader that one of the other live replicas names, and that can be reached. */
export async function leaderBeside(
  client: ClientState,
  asked: ActorId,
): Promise<ActorId | undefined> {
  const { context } = client;
  const named = client.replicas
    .filter((id) => id !== asked && isLive(client, id))
    .map(async (id) => {
      const to = refTo(client, id);
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
  client: ClientState,
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
export function sessionForgotten(error: StoreError): boolean {
  return (
    error.code === 'outcome-unknown' &&
    typeof error.details === 'object' &&
    error.details !== null &&
    'session' in error.details
  );
}

function leaderHint(client: ClientState, error: StoreError, from: ActorId): ActorId | undefined {
  const named = (error.details as { readonly leader?: unknown } | undefined)?.leader;
  if (typeof named !== 'string' || named === from) return undefined;
  const hint = actorId(named);
  return client.replicas.includes(hint) && isLive(client, hint) ? hint : undefined;
}

function forgetLeader(client: ClientState, id: ActorId): void {
  if (client.leader === id) client.leader = undefined;
}

function isLive(client: ClientState, id: ActorId): boolean {
  return client.context.peer(refTo(client, id)) !== undefined;
}

export function refTo({ context, refs }: ClientState, id: ActorId): ActorRef<StoreProtocol> {
  let ref = refs.get(id);
  if (ref === undefined) {
    ref = context.ref<StoreProtocol>(id, overflowOf.store);
    refs.set(id, ref);
  }
  return ref;
}

function knownLeader(client: ClientState): ActorRef<StoreProtocol> | undefined {
  const { leader } = client;
  return leader !== undefined && isLive(client, leader) ? refTo(client, leader) : undefined;
}

/** The next live replica of the round, or none. */
export function nextLive(client: ClientState): ActorRef<StoreProtocol> | undefined {
  const { replicas } = client;
  for (let step = 0; step < replicas.length; step++) {
    client.cursor = (client.cursor + 1) % replicas.length;
    const id = replicas[client.cursor];
    if (id !== undefined && isLive(client, id)) return refTo(client, id);
  }
  return undefined;
}

function deadlineError(noLeader: boolean, handedOver: boolean): StoreError {
  return noLeader
    ? { code: 'no-leader', message: 'etcdserver: no leader' }
    : { code: 'timeout', message: 'etcdserver: request timed out', details: { handedOver } };
}
