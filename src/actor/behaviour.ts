import type {
  ActorId,
  Clock,
  Crypto,
  ErrorData,
  Incarnation,
  Log,
  Random,
  Result,
} from '../base/index.js';
import type {
  AskName,
  AskReply,
  AskRequest,
  Protocol,
  StreamItem,
  StreamName,
  StreamRequest,
  TellMessage,
  TellName,
} from './protocol.js';

/** Makes one life of an actor. Called once for each incarnation; what it throws is a crash at start. */
export type BehaviourFactory<P extends Protocol, Config> = (
  context: ActorContext,
  config: Config,
) => Behaviour<P>;

/**
 * An actor's code. Handlers run one at a time, to completion; what one throws, and a promise that it leaves
 * rejected, crashes the actor. Everything that waits does so through the context, which ends every wait.
 */
export interface Behaviour<P extends Protocol> {
  /** Ready when it returns or resolves. Messages may arrive before that. */
  start(): void | Promise<void>;
  readonly tells: { readonly [N in TellName<P>]: (from: Peer, message: TellMessage<P, N>) => void };
  readonly asks: {
    readonly [N in AskName<P>]: (call: AskCall<AskRequest<P, N>, AskReply<P, N>>) => void;
  };
  readonly streams: {
    readonly [N in StreamName<P>]: (
      call: StreamCall<StreamRequest<P, N>, StreamItem<P, N>>,
    ) => void;
  };
  /** A life of a linked actor can be reached from now on. */
  peerUp?(peer: Peer): void;
  /**
   * That life is over, or the link to it broke: then it lives on, and `peerUp` of the same life follows. All that it sent
   * before has been handled.
   */
  peerDown?(peer: Peer, cause: DownCause): void;
  /** Why a life ended, as soon as it is known: after its `peerDown`, where it was up. */
  peerExited?(peer: Peer, exit: PeerExit): void;
  /** After each batch of deliveries (a turn of the event loop): the place to flush what the batch gathered. */
  turnEnd?(): void;
  /** Chaos: take a fault on purpose. What it understands is its own; others are refused with a reason. */
  inject?(fault: {
    readonly type: string;
    readonly [field: string]: unknown;
  }): Result<void, ErrorData>;
  /** What a traced ask or stream is called in its trace: it must hold no secret. Default: its operation. */
  describe?(operation: string, request: unknown): string;
  /** What the control plane shows of this actor: plain data, at once, and cheap. */
  report?(): Readonly<Record<string, unknown>>;
  /** Drain: finish or hand over what is in hand. After it, or the shutdown timeout, the thread ends. */
  stop?(): void | Promise<void>;
}

/** One life of another actor. */
export interface Peer {
  readonly id: ActorId;
  readonly incarnation: Incarnation;
}

export type DownCause = 'died' | 'link-broken';

/** How a life ended. `chaos`: it was killed on purpose. `normal`: it had done what it was for, or was told to stop. */
export interface PeerExit {
  readonly cause: 'crash' | 'chaos' | 'normal';
  readonly message: string;
}

/**
 * What a monitor tells, once (OTP's DOWN). `noproc`: the actor was down already. `noconnection`: the link to it broke, or
 * nobody knows why it died; it may live.
 */
export interface MonitorDown {
  /** Undefined with `noproc`. */
  readonly peer: Peer | undefined;
  readonly cause: PeerExit['cause'] | 'noproc' | 'noconnection';
  readonly message: string;
}

/**
 * What happens to a tell while its receiver has given no credit. `reject`: it is handed back. `drop-oldest`: it waits at the
 * sender, and pushes out the oldest one that waits. `block`: it waits at the sender, and is handed back only when too many do;
 * `context.drained` tells when to go on.
 */
export type OverflowPolicy = 'reject' | 'drop-oldest' | 'block';

export interface RefOptions {
  /** Default `reject`. */
  readonly overflow?: OverflowPolicy;
}

/** The logical address of an actor and, as a type, what it understands. Valid over all its restarts. */
export interface ActorRef<P extends Protocol> {
  readonly id: ActorId;
  /** For tells by this ref. Default `reject`. */
  readonly overflow?: OverflowPolicy;
  /** Never set: it carries the type. */
  readonly protocol?: P;
}

export interface ActorContext {
  readonly self: Peer;
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly log: Log;
  /** Hosts may leave it out: then nothing is traced. */
  readonly tracing?: Tracing;

  ref<P extends Protocol>(id: ActorId, options?: RefOptions): ActorRef<P>;
  /** The life that can be reached now, if any. Only linked actors (the child spec names them) ever can. */
  peer(ref: ActorRef<Protocol>): Peer | undefined;

  /**
   * At most once, in order between a pair. The message is taken as it is now. False: handed back, not sent: the actor is down,
   * no link leads to it, or it has given no credit and the ref's overflow policy lets no more wait. Such a message is counted
   * as a dead letter. Throws `ActorError` with code `not-encodable`; then nothing of it was sent.
   */
  tell<P extends Protocol, N extends TellName<P>>(
    to: ActorRef<P>,
    operation: N,
    message: TellMessage<P, N>,
  ): boolean;

  /** Resolves when none of the tells to this actor waits at this one for credit any more, or it is down. */
  drained(ref: ActorRef<Protocol>): Promise<void>;

  /**
   * Sends what was told so far at once instead of at the end of the turn: for an actor that is about to block. Hosts may
   * leave it out; then it leaves with the turn.
   */
  flush?(): void;

  /** Always ends: by the reply, the deadline, the cancellation or the death of either side. Never rejects. */
  ask<P extends Protocol, N extends AskName<P>>(
    to: ActorRef<P>,
    operation: N,
    request: AskRequest<P, N>,
    options: AskOptions,
  ): Promise<AskResult<AskReply<P, N>>>;

  /** Items arrive in order and one at a time through `onItem`; `onEnd` is called exactly once, and last. */
  openStream<P extends Protocol, N extends StreamName<P>>(
    to: ActorRef<P>,
    operation: N,
    request: StreamRequest<P, N>,
    handlers: StreamHandlers<StreamItem<P, N>>,
    options?: StreamOptions,
  ): StreamHandle;

  /**
   * Calls `onDown` once, when the life that is up now is over, with the reason where it becomes known within a second.
   * Returns a function that calls it off.
   */
  monitor(ref: ActorRef<Protocol>, onDown: (down: MonitorDown) => void): () => void;
  /**
   * From now on this life and the life of that actor that is up share their fate: an abnormal death of one crashes the other
   * (`linked to X, which died: …`). It counts as one where the actor is down already, or the link between the two breaks.
   * Returns a function that ends it.
   */
  link(ref: ActorRef<Protocol>): () => void;

  /** Resolves after `delayMs` (virtual under `sim`). */
  sleep(delayMs: number): Promise<void>;
  /** Crashes this actor with a reason: for broken invariants found outside of a handler. */
  crash(reason: Error): never;
}

/**
 * Traces: what is done for one request, by whom, and how long it took. Each traced ask and stream is one span of its callee, and
 * the asks that it makes meanwhile are its children; the core sees to that. This is for what else begins or carries a trace.
 */
export interface Tracing {
  /** What this actor works for at this moment, as a text that travels: the trace, and the span in it. */
  current(): string | undefined;
  /** Begins a span: of a trace, or below what `current` gave somewhere. `name` holds no secret. */
  begin(name: string, trace: string): OpenSpan;
  /** A span for what an event sets off, which has no answer: asks made within ten seconds are its children. */
  event(name: string, trace: string, work: () => void): void;
  /** Runs what is for nothing that this actor works for at this moment: a queue that is worked off, say. */
  apart<T>(work: () => T): T;
}

export interface OpenSpan {
  readonly traceId: string;
  /** For its children, as `current` gives it within. */
  readonly trace: string;
  run<T>(work: () => T): T;
  /** `ok`, or what went wrong. Only the first end counts. */
  end(outcome: string): void;
}

export interface AskOptions {
  readonly timeoutMs: number;
  /** `fail` (default): an actor that is down ends the ask at once. `wait`: sent when it comes up, within the deadline. */
  readonly whenDown?: 'fail' | 'wait';
  /**
   * Carried along to every actor that works for this request: the id of a trace, or what `Tracing.current` gave. Default:
   * what this actor works for itself. Null: none.
   */
  readonly traceId?: string | null | undefined;
  /** Called with a function that cancels the ask (the callee's `onCancel` runs). */
  readonly onCancelable?: (cancel: () => void) => void;
}

export type AskResult<Reply> = Result<Reply, AskFailure>;
export interface AskFailure {
  readonly code:
    | 'timeout'
    | 'actor-down'
    | 'overloaded'
    | 'canceled'
    | 'not-encodable'
    | 'unknown-operation'
    /** The child spec names no link to this actor. */
    | 'not-linked'
    | 'ask-to-self';
  /** False: the callee never saw the request, so that sending it again is safe. True: it may have acted on it. */
  readonly handedOver: boolean;
}

/** The callee's side of an ask. Answer once, now or later. */
export interface AskCall<Request, Reply> {
  readonly from: Peer;
  readonly request: Request;
  readonly traceId: string | undefined;
  /** On this actor's monotonic clock. After it nobody waits for the reply. */
  readonly deadlineMs: number;
  reply(reply: Reply): void;
  /** Runs when the caller cancels, times out or dies before the reply. */
  onCancel(callback: () => void): void;
}

export interface StreamOptions {
  /** Items on the way and not yet handled, at most. Default 64. */
  readonly windowItems?: number;
  /** As for asks. */
  readonly traceId?: string | null | undefined;
  /** As for asks; `wait` waits for at most this long. Default: `onEnd` with `actor-down` at once. */
  readonly waitForActorMs?: number;
}

export interface StreamHandlers<Item> {
  onItem(item: Item): void;
  onEnd(end: StreamEnd): void;
}

export type StreamEnd =
  | { readonly code: 'complete'; readonly value?: unknown }
  | { readonly code: 'failed'; readonly error: ErrorData }
  /** The other side died, or was down (`handedOver` false: it never saw the request). */
  | { readonly code: 'actor-down'; readonly handedOver: boolean }
  | { readonly code: 'canceled' };

/** The consumer's side of an open stream. */
export interface StreamHandle {
  /** `onEnd({code: 'canceled'})` follows at once; the producer's `onCancel` runs. */
  cancel(): void;
  /** Stops granting credit: at most the window still arrives. For a consumer whose own sink is full. */
  pause(): void;
  resume(): void;
}

/** The producer's side of a stream. */
export interface StreamCall<Request, Item> {
  readonly from: Peer;
  readonly request: Request;
  readonly traceId: string | undefined;
  /**
   * False: the consumer's window is full; the item is queued here all the same. Wait for `onDrain`, or bound what you queue.
   * Throws `ActorError` where the item cannot be encoded; then the stream goes on without it.
   */
  send(item: Item): boolean;
  /** Items queued here for want of credit. */
  readonly queuedItems: number;
  onDrain(callback: () => void): void;
  complete(value?: unknown): void;
  fail(error: ErrorData): void;
  /** Runs when the consumer cancels or dies. Not after `complete` or `fail`. */
  onCancel(callback: () => void): void;
}
