import { assert, type ErrorData, RingBuffer } from '../base/index.js';
import type { StreamCall } from './behaviour.js';
import type { OpenEnvelope, SentStreamEnd } from './envelope.js';
import type { LinkLimits } from './host.js';
import type { Link } from './link.js';

interface ProducedStream {
  readonly id: number;
  readonly windowItems: number;
  readonly queue: RingBuffer<unknown>;
  sentItems: number;
  handledItems: number;
  /** Set once the behaviour has ended the stream; it is sent behind the queued items. */
  end: SentStreamEnd | undefined;
  canceled: boolean;
  onDrain: (() => void) | undefined;
  readonly onCancel: (() => void)[];
}

export interface StreamProducersPorts {
  readonly limits: LinkLimits;
  touch(): void;
}

/** The streams that this actor produces for one peer. */
export class StreamProducers {
  readonly #ports: StreamProducersPorts;
  readonly #link: Link;
  readonly #open = new Map<number, ProducedStream>();

  constructor(ports: StreamProducersPorts, link: Link) {
    this.#ports = ports;
    this.#link = link;
  }

  get size(): number {
    return this.#open.size;
  }

  begin(open: OpenEnvelope): StreamCall<unknown, unknown> {
    const stream: ProducedStream = {
      id: open.id,
      windowItems: open.windowItems,
      queue: new RingBuffer(this.#ports.limits.streamQueueItemsMax),
      sentItems: 0,
      handledItems: 0,
      end: undefined,
      canceled: false,
      onDrain: undefined,
      onCancel: [],
    };
    this.#open.set(open.id, stream);
    return {
      from: this.#link.peer,
      request: open.request,
      traceId: open.traceId,
      send: (item) => this.#send(stream, item),
      get queuedItems() {
        return stream.queue.length;
      },
      onDrain: (callback) => {
        stream.onDrain = callback;
      },
      complete: (value) => {
        this.#end(stream, value === undefined ? { code: 'complete' } : { code: 'complete', value });
      },
      fail: (error) => {
        this.#end(stream, { code: 'failed', error });
      },
      onCancel: (callback) => {
        if (stream.canceled) callback();
        else if (stream.end === undefined) stream.onCancel.push(callback);
      },
    };
  }

  refuse(id: number): void {
    this.#link.push({ type: 'unknown', of: 'stream', id });
    this.#ports.touch();
  }

  credit(id: number, handledItems: number): void {
    const stream = this.#open.get(id);
    if (stream === undefined) return;
    stream.handledItems = Math.max(stream.handledItems, handledItems);
    const wasQueued = stream.queue.length > 0;
    while (stream.queue.length > 0 && hasRoom(stream)) this.#push(stream, stream.queue.shift());
    if (stream.queue.length > 0) return;
    if (stream.end !== undefined) this.#pushEnd(stream, stream.end);
    else if (wasQueued) stream.onDrain?.();
  }

  /** The consumer closed the stream. */
  close(id: number): void {
    const stream = this.#open.get(id);
    if (stream !== undefined) this.#cancel(stream);
  }

  /** The peer died. */
  cancelAll(): void {
    for (const stream of [...this.#open.values()]) this.#cancel(stream);
  }

  gap(): void {
    const error = { code: 'link-gap', message: 'messages of this stream were lost on their way' };
    for (const stream of [...this.#open.values()]) this.#abort(stream, error);
  }

  #send(stream: ProducedStream, item: unknown): boolean {
    if (stream.canceled) return false;
    assert(stream.end === undefined, 'an item after the end of its stream');
    if (stream.queue.length === 0 && hasRoom(stream)) {
      this.#push(stream, item);
      return true;
    }
    if (!stream.queue.push(item)) {
      const message = `more than ${String(stream.queue.capacity)} items wait for their consumer`;
      this.#abort(stream, { code: 'overloaded', message });
    }
    return false;
  }

  #push(stream: ProducedStream, item: unknown): void {
    stream.sentItems++;
    this.#link.push({ type: 'item', id: stream.id, item });
    this.#ports.touch();
  }

  #end(stream: ProducedStream, end: SentStreamEnd): void {
    if (stream.canceled) return;
    assert(stream.end === undefined, 'a stream was ended twice');
    stream.end = end;
    if (stream.queue.length === 0) this.#pushEnd(stream, end);
  }

  #pushEnd(stream: ProducedStream, end: SentStreamEnd): void {
    this.#open.delete(stream.id);
    this.#link.push({ type: 'end', id: stream.id, end });
    this.#ports.touch();
  }

  /** Ends it for both sides, without what is queued. */
  #abort(stream: ProducedStream, error: ErrorData): void {
    this.#pushEnd(stream, { code: 'failed', error });
    this.#cancel(stream);
  }

  #cancel(stream: ProducedStream): void {
    this.#open.delete(stream.id);
    stream.canceled = true;
    if (stream.end !== undefined) return;
    for (const callback of stream.onCancel) callback();
  }
}

function hasRoom(stream: ProducedStream): boolean {
  return stream.sentItems - stream.handledItems < stream.windowItems;
}
