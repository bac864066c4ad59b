import { type ActorId, assert, type Clock, type Timer } from '../base/index.js';
import { ActorError } from './actor-error.js';
import type { StreamEnd, StreamHandle, StreamHandlers, StreamOptions } from './behaviour.js';
import type { LinkLimits } from './host.js';
import type { Link } from './link.js';

interface OpenStream {
  readonly id: number;
  readonly to: ActorId;
  readonly operation: string;
  readonly request: unknown;
  readonly windowItems: number;
  readonly trace: string | undefined;
  readonly handlers: StreamHandlers<unknown>;
  sent: { readonly link: Link; readonly frame: number } | undefined;
  /** Ends the wait for the actor to come up. */
  timer: Timer | undefined;
  handledItems: number;
  grantedItems: number;
  paused: boolean;
}

export interface StreamConsumersPorts {
  readonly clock: Clock;
  readonly limits: LinkLimits;
  linkTo(id: ActorId): Link | undefined;
  /** Why no stream of that actor can ever be opened. */
  misuseOf(id: ActorId): 'ask-to-self' | 'not-linked' | undefined;
  /** As `AskTablePorts.trace`. */
  trace(wanted: string | null | undefined): string | undefined;
  touch(): void;
  /** Runs the callback later in this turn: `onEnd` must not run before `openStream` has returned. */
  defer(callback: () => void): void;
}

const windowItemsDefault = 64;

/** The streams that this actor consumes. */
export class StreamConsumers {
  readonly #ports: StreamConsumersPorts;
  readonly #open = new Map<number, OpenStream>();
  #nextId = 1;

  constructor(ports: StreamConsumersPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#open.size;
  }

  open(
    to: ActorId,
    operation: string,
    request: unknown,
    handlers: StreamHandlers<unknown>,
    options: StreamOptions,
  ): StreamHandle {
    const windowItems = options.windowItems ?? windowItemsDefault;
    assert(
      Number.isSafeInteger(windowItems) && windowItems > 0,
      `bad window ${String(windowItems)}`,
    );
    const stream: OpenStream = {
      id: this.#nextId++,
      to,
      operation,
      request,
      windowItems,
      trace: this.#ports.trace(options.traceId),
      handlers,
      sent: undefined,
      timer: undefined,
      handledItems: 0,
      grantedItems: 0,
      paused: false,
    };
    const waitMs = options.waitForActorMs ?? 0;
    const misuse = this.#ports.misuseOf(to);
    const full = this.#open.size >= this.#ports.limits.streamsMax;
    this.#open.set(stream.id, stream);
    if (misuse !== undefined) this.#endLater(stream, failure(misuse, `no stream leads to ${to}`));
    else if (full) this.#endLater(stream, overloaded('too many streams are open'));
    else if (this.#ports.linkTo(to) !== undefined) this.#send(stream);
    else if (waitMs > 0) this.#wait(stream, waitMs);
    else this.#endLater(stream, { code: 'actor-down', handedOver: false });
    return {
      cancel: () => {
        this.#cancel(stream);
      },
      pause: () => {
        stream.paused = true;
      },
      resume: () => {
        stream.paused = false;
        if (this.#open.has(stream.id) && stream.handledItems > stream.grantedItems)
          this.#grant(stream);
      },
    };
  }

  peerUp(link: Link): void {
    for (const stream of this.#open.values()) {
      if (stream.to !== link.peer.id || stream.timer === undefined) continue;
      stream.timer.cancel();
      stream.timer = undefined;
      this.#send(stream);
    }
  }

  peerDown(link: Link): void {
    for (const stream of this.#of(link)) {
      const handedOver = stream.sent !== undefined && link.hasLeft(stream.sent.frame);
      this.#end(stream, { code: 'actor-down', handedOver });
    }
  }

  /** The link lost frames: nobody knows what is missing. */
  gap(link: Link): void {
    const error = { code: 'link-gap', message: 'messages of this stream were lost on their way' };
    for (const stream of this.#of(link)) {
      if (stream.sent !== undefined && link.hasLeft(stream.sent.frame))
        this.#end(stream, { code: 'failed', error });
    }
  }

  item(link: Link, id: number, item: unknown): void {
    const stream = this.#known(link, id);
    if (stream === undefined) return;
    stream.handlers.onItem(item);
    stream.handledItems++;
    if (stream.paused || !this.#open.has(id)) return;
    if (stream.handledItems - stream.grantedItems >= stream.windowItems / 2) this.#grant(stream);
  }

  ended(link: Link, id: number, end: StreamEnd): void {
    const stream = this.#known(link, id);
    if (stream !== undefined) this.#end(stream, end);
  }

  unknownOperation(link: Link, id: number): void {
    const stream = this.#known(link, id);
    if (stream === undefined) return;
    const message = `${stream.to} does not know the stream ${stream.operation}`;
    this.#end(stream, { code: 'failed', error: { code: 'unknown-operation', message } });
  }

  /** Items of streams that were canceled are still on their way, and dropped. */
  #known(link: Link, id: number): OpenStream | undefined {
    const stream = this.#open.get(id);
    return stream?.sent?.link === link ? stream : undefined;
  }

  #of(link: Link): OpenStream[] {
    return [...this.#open.values()].filter((stream) => stream.sent?.link === link);
  }

  #wait(stream: OpenStream, waitMs: number): void {
    stream.timer = this.#ports.clock.after(waitMs, () => {
      this.#end(stream, { code: 'actor-down', handedOver: false });
    });
  }

  #send(stream: OpenStream): void {
    const link = this.#ports.linkTo(stream.to);
    assert(link !== undefined, `${stream.to} is down`);
    const { id, operation, request, windowItems, trace } = stream;
    const frame = link.nextFrame;
    try {
      if (link.pushCounted({ type: 'open', id, operation, request, windowItems, trace })) {
        stream.sent = { link, frame };
        this.#ports.touch();
        return;
      }
    } catch (error) {
      if (!(error instanceof ActorError)) throw error;
      this.#endLater(stream, failure(error.code, error.message));
      return;
    }
    this.#endLater(stream, overloaded(`the mailbox of ${stream.to} is full`));
  }

  #grant(stream: OpenStream): void {
    stream.grantedItems = stream.handledItems;
    stream.sent?.link.pushSystem({
      type: 'credit',
      id: stream.id,
      handledItems: stream.handledItems,
    });
    this.#ports.touch();
  }

  #cancel(stream: OpenStream): void {
    if (!this.#open.has(stream.id)) return;
    if (stream.sent !== undefined) {
      // In one frame with the open it is read first, and the open is dropped.
      stream.sent.link.pushSystem({ type: 'close', id: stream.id });
      this.#ports.touch();
    }
    this.#end(stream, { code: 'canceled' });
  }

  #endLater(stream: OpenStream, end: StreamEnd): void {
    this.#ports.defer(() => {
      if (this.#open.has(stream.id)) this.#end(stream, end);
    });
  }

  #end(stream: OpenStream, end: StreamEnd): void {
    stream.timer?.cancel();
    this.#open.delete(stream.id);
    stream.handlers.onEnd(end);
  }
}

function overloaded(message: string): StreamEnd {
  return failure('overloaded', message);
}

function failure(code: string, message: string): StreamEnd {
  return { code: 'failed', error: { code, message } };
}
