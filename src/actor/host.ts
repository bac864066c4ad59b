import type { FrameRecords } from '../codec/index.js';
import type { ActorId, Clock, Crypto, ErrorData, Log, Random, Result } from '../base/index.js';
import type { BehaviourFactory, Peer } from './behaviour.js';
import type { Protocol } from './protocol.js';

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
  /**
   * Something waits to be sent: call `turnEnd()` when the work of this turn is over, after pending promise continuations
   * have run. Called at most once until that `turnEnd()`.
   */
  requestTurnEnd(): void;
  /** This life is over: nothing of it runs any more, and its promises never settle. Called at most once. */
  crashed(error: Error): void;
}

export interface Transport {
  /**
   * Hands over a frame to a life that is up. The frame's memory is the receiver's from now on. `messages` of what it holds
   * take room in the receiver's mailbox.
   */
  send(to: Peer, frame: Uint8Array<ArrayBuffer>, messages: number): void;
}

/** Bounds of a link between two actors. Both sides must have the same. */
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
}

export const defaultLinkLimits: LinkLimits = {
  mailboxMessagesMax: 8192,
  mailboxBytesMax: 64 * 2 ** 20,
  asksMax: 8192,
  streamsMax: 8192,
  streamQueueItemsMax: 65_536,
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
 * `turnEnd()`, which runs the behaviour's own `turnEnd` and then sends at most one frame to each peer (more only where the behaviour calls `flush`).
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
  /** A life of a linked actor can be reached. An earlier life of it is taken as down first. */
  peerUp(peer: Peer): void;
  /** That life is over and all its frames have been given to `frameArrived`. Nothing happens where it is not the one known. */
  peerDown(peer: Peer): void;
  /** A frame of a peer that is up; of any other life it is dropped. */
  frameArrived(from: Peer, frame: Uint8Array): void;
  turnEnd(): void;
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
}

/** How much is in hand. */
export interface ActorCounts {
  /** Asks of this actor that wait for an answer. */
  readonly asksPending: number;
  /** Asks of others that this actor has not answered. */
  readonly callsPending: number;
  readonly streamsConsumed: number;
  readonly streamsProduced: number;
  /** Messages handled in this life: tells, asks and stream opens. */
  readonly messagesHandled: number;
}
