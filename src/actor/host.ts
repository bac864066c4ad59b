import type { FrameRecords } from '../codec/index.js';
import type { ActorId, Clock, Crypto, ErrorData, Log, Random, Result } from '../base/index.js';
import type { BehaviourFactory, DownCause, Peer, PeerExit } from './behaviour.js';
import type { DeadLetterReason } from './dead-letters.js';
import type { Protocol } from './protocol.js';
import type { AmbientScope } from './trace.js';
import type { SpanQuery, SpanReply } from './tracer.js';

/**
 * What one life of an actor needs of its host. Two hosts exist: `io/thread` (a worker thread, message ports, real time) and
 * `sim` (a function call away, virtual time). The code between them and a behaviour is the same: `ActorCore`.
 */
export interface ActorHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly transport: Transport;
  /** Default: `synchronousScope`. */
  readonly ambient?: AmbientScope;
  /**
   * Something waits to be sent: call `turnEnd()` when the work of this turn is over, after pending promise continuations
   * have run. Called at most once until that `turnEnd()`.
   */
  requestTurnEnd(): void;
  /**
   * A frame of that life cannot be read. The core has dropped the link; the host drops it at the other side too (`peerDown`
   * with `link-broken`), and then brings the same two lives together again with `peerUp` on both sides, or ends the sender
   * where this happens too often (`LinkBreaks`). Nothing sent over the old link may arrive over the new one.
   */
  linkBroken(peer: Peer, broken: BrokenLink): void;
  /** This life is over: nothing of it runs any more, and its promises never settle. Called at most once. */
  crashed(error: Error): void;
}

export interface BrokenLink {
  readonly message: string;
  /** Messages that take room in a mailbox and had arrived over it. */
  readonly arrivedMessages: number;
}

export interface Transport {
  /**
   * Hands over a frame to a life that is up. The frame's memory and the transfers are the receiver's from now on: the sender's
   * bytes are detached. `messages` of what it holds take room in the receiver's mailbox.
   */
  send(
    to: Peer,
    frame: Uint8Array<ArrayBuffer>,
    messages: number,
    transfers: readonly ArrayBuffer[],
  ): void;
}

/** Bounds of a link between two actors, and of an actor's turn. Both sides of a link must have the same. */
export interface LinkLimits {
  /** Tells, asks and stream opens on their way to one peer and not yet handled. Beyond it: tells are handed back, asks end `overloaded`. */
  readonly mailboxMessagesMax: number;
  /** Bytes of frames on their way to one peer and not yet handled. Beyond it as above. */
  readonly mailboxBytesMax: number;
  /** Asks to one peer that are not answered yet. Beyond it they end `overloaded`. */
  readonly asksMax: number;
  /** Streams opened with one peer. Beyond it they end `failed` with code `overloaded`. */
  readonly streamsMax: number;
  /** Items of one stream that its producer has queued for want of credit. Beyond it the stream ends `failed` with code `overloaded`. */
  readonly streamQueueItemsMax: number;
  /** Tells to one peer that wait for credit, where the overflow policy lets them, and their bytes. */
  readonly tellQueueMessagesMax: number;
  readonly tellQueueBytesMax: number;
  /**
   * What is handled in one turn, at most; the rest waits for the next, so that control calls and timers get through. Large, as
   * one turn's writes share one disk sync.
   */
  readonly sliceMessagesMax: number;
  readonly sliceMs: number;
}

export const defaultLinkLimits: LinkLimits = {
  mailboxMessagesMax: 8192,
  mailboxBytesMax: 64 * 2 ** 20,
  asksMax: 8192,
  streamsMax: 8192,
  streamQueueItemsMax: 65_536,
  tellQueueMessagesMax: 1024,
  tellQueueBytesMax: 4 * 2 ** 20,
  sliceMessagesMax: 1024,
  sliceMs: 20,
};

export interface ActorCoreOptions {
  readonly self: Peer;
  readonly host: ActorHost;
  /** The only actors that this one can reach. */
  readonly links: readonly ActorId[];
  /** `frame` on links that may lose or reorder frames (see FrameRecords). Default `connection`. */
  readonly records?: FrameRecords;
  readonly limits?: Partial<LinkLimits>;
}

/**
 * One life of an actor, between a host and a behaviour: links, asks, streams, credit. The host calls these from its loop,
 * never from within `Transport.send`. A handler that throws ends the life through `ActorHost.crashed`; after that every call
 * does nothing.
 *
 * A turn: any number of `frameArrived`, `peerUp`, `peerDown`, timer callbacks and promise continuations, then one
 * `turnEnd()`, which runs the behaviour's own `turnEnd` and then sends at most one frame to each peer (more only where the
 * behaviour calls `flush`). Messages that are more than one turn's slice wait in the mailbox; the core then asks for turns
 * until they are handled.
 *
 * Links need not be reliable: a lost frame loses its tells, its asks end by their deadlines, credit heals with the next
 * frame that arrives, and streams over a link with a gap end `failed` with code `link-gap` on both sides.
 */
export interface ActorCore {
  /** Makes the behaviour and starts it. `onReady` is called once it is ready; a failure is a crash. */
  start<P extends Protocol, Config>(
    factory: BehaviourFactory<P, Config>,
    config: Config,
    onReady: () => void,
  ): void;
  /** An actor that was not there when this life began may be reached too. */
  linkAdded(id: ActorId): void;
  /**
   * A life of a linked actor can be reached. An earlier life of it is taken as down first; where it is the same life, over a new
   * link, the old link is taken as broken.
   */
  peerUp(peer: Peer): void;
  /**
   * That life is over (default), or the link to it is, and all its frames have been given to `frameArrived`. Nothing happens
   * where it is not the one known.
   */
  peerDown(peer: Peer, cause?: DownCause): void;
  /** Why a life of a linked actor ended. Before or after its `peerDown`. */
  peerExited(peer: Peer, exit: PeerExit): void;
  /** A frame of a peer that is up, with what came beside it; of any other life it is dropped. */
  frameArrived(from: Peer, frame: Uint8Array, transfers?: readonly ArrayBuffer[]): void;
  turnEnd(): void;
  /** Messages handled in this life: tells, asks and stream opens. */
  readonly messagesHandled: number;
  inject(fault: {
    readonly type: string;
    readonly [field: string]: unknown;
  }): Result<void, ErrorData>;
  report(): Readonly<Record<string, unknown>>;
  /** Drains: the behaviour's `stop`, then a last flush, then `onStopped`. */
  stop(onStopped: () => void): void;
  /** Ends this life from outside, without any callback: what a kill does under `sim`. */
  abandon(): void;
  /** Crashes this life from outside: an exception or a rejection that escaped to the host's loop. */
  crash(error: Error): void;
  counts(): ActorCounts;
  /** What this life did for traces, as far as it is kept. */
  spans(query: SpanQuery): SpanReply;
}

/** How much is in hand, and what was done in this life. Plain data. */
export interface ActorCounts {
  /** Asks of this actor that wait for an answer. */
  readonly asksPending: number;
  /** Asks of others that this actor has not answered. */
  readonly callsPending: number;
  readonly streamsConsumed: number;
  readonly streamsProduced: number;
  /** Messages handled: tells, asks and stream opens. */
  readonly messagesHandled: number;
  /** Messages and bytes of frames that came, and that were sent. */
  readonly messagesIn: number;
  readonly bytesIn: number;
  readonly messagesOut: number;
  readonly bytesOut: number;
  /** What has arrived and waits for its turn (replies and items too), and the most that ever did. */
  readonly mailboxMessages: number;
  readonly mailboxMessagesPeak: number;
  /** Tells that wait at this actor for their receivers' credit. */
  readonly tellsQueued: number;
  /**
   * How long messages took: entry `n` counts those under 2^n microseconds and not under 2^(n - 1); the last one counts all that
   * took longer. Messages of a flood are timed in small groups, at their mean.
   */
  readonly handlingMicroseconds: readonly number[];
  /** All of them together. */
  readonly handlingMs: number;
  readonly deadLetters: Readonly<Record<DeadLetterReason, number>>;
  /** Links that broke, as a frame could not be read. */
  readonly linksBroken: number;
}
