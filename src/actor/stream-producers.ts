import { assert, type ErrorData, RingBuffer } from '../base/index.js';
import type { PackedEntry } from '../codec/index.js';
import type { OpenSpan, StreamCall } from './behaviour.js';
import type { Envelope, OpenEnvelope, SentStreamEnd } from './envelope.js';
import type { LinkLimits } from './host.js';
import { type Link, packEnvelope } from './link.js';

interface ProducedStream {
  readonly id: number;
  readonly windowItems: number;
  /** Packed envelopes: each item as it was when it was sent. */
  readonly queue: RingBuffer<PackedEntry>;
  sentItems: number;
  handledItems: number;
  /** The behaviour has ended the stream. */
  ended: boolean;
  /** The end, packed, while it waits behind queued items. */
  end: PackedEntry | undefined;
  canceled: boolean;
  onDrain: (() => void) | undefined;
  readonly onCancel: (() => void)[];
  readonly span: OpenSpan | undefined;
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
  /** Opens that have arrived and were not handled yet. */
  readonly #waiting = new Set<number>();

  constructor(ports: StreamProducersPorts, link: Link) {
    this.#ports = ports;
    this.#link = link;
  }

  get size(): number {
    return this.#open.size;
  }

  arrived(id: number): void {
    this.#waiting.add(id);
  }

  /** Its turn has come. False: it was closed meanwhile, and is to be dropped. */
  take(id: number): boolean {
    return this.#waiting.delete(id);
  }

  begin(open: OpenEnvelope, span?: OpenSpan): StreamCall<unknown, unknown> {
    const stream: ProducedStream = {
      id: open.id,
      windowItems: open.windowItems,
      queue: new RingBuffer(this.#ports.limits.streamQueueItemsMax),
      sentItems: 0,
      handledItems: 0,
      ended: false,
      end: undefined,
      canceled: false,
      onDrain: undefined,
      onCancel: [],
      span,
    };
    this.#open.set(open.id, stream);
    return {
      from: this.#link.peer,
      request: open.request,
      traceId: span?.traceId,
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
        else if (!stream.ended) stream.onCancel.push(callback);
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
    for (;;) {
      const packed = hasRoom(stream) ? stream.queue.shift() : undefined;
      if (packed === undefined) break;
      stream.sentItems++;
      this.#link.pushPacked(packed);
      this.#ports.touch();
    }
    if (stream.queue.length > 0) return;
    if (stream.end !== undefined) {
      this.#open.delete(id);
      this.#link.pushPacked(stream.end);
    } else if (wasQueued) {
      stream.onDrain?.();
    }
  }

  /** The consumer closed the stream. */
  close(id: number): void {
    this.#waiting.delete(id);
    const stream = this.#open.get(id);
    if (stream !== undefined) this.#cancel(stream);
  }

  /** The peer died. */
  cancelAll(): void {
    for (const stream of [...this.#open.values()]) this.#cancel(stream);
  }

  gap(): void {
    this.#waiting.clear();
    const error = { code: 'link-gap', message: 'messages of this stream were lost on their way' };
    for (const stream of [...this.#open.values()]) this.#abort(stream, error);
  }

  #send(stream: ProducedStream, item: unknown): boolean {
    if (stream.canceled) return false;
    assert(!stream.ended, 'an item after the end of its stream');
    const envelope: Envelope = { type: 'item', id: stream.id, item };
    if (stream.queue.length === 0 && hasRoom(stream)) {
      this.#link.push(envelope);
      stream.sentItems++;
      this.#ports.touch();
      return true;
    }
    if (!stream.queue.push(packEnvelope(envelope))) {
      const message = `more than ${String(stream.queue.capacity)} items wait for their consumer`;
      this.#abort(stream, { code: 'overloaded', message });
    }
    return false;
  }

  #end(stream: ProducedStream, end: SentStreamEnd): void {
    if (stream.canceled) return;
    assert(!stream.ended, 'a stream was ended twice');
    const envelope: Envelope = { type: 'end', id: stream.id, end };
    if (stream.queue.length === 0) {
      this.#link.push(envelope);
      this.#open.delete(stream.id);
      this.#ports.touch();
    } else {
      stream.end = packEnvelope(envelope);
    }
    stream.ended = true;
    stream.span?.end(end.code === 'complete' ? 'ok' : `failed ${end.error.code}`);
  }

  /** Ends it for both sides, without what is queued. */
  #abort(stream: ProducedStream, error: ErrorData): void {
    this.#link.push({ type: 'end', id: stream.id, end: { code: 'failed', error } });
    this.#ports.touch();
    this.#cancel(stream);
  }

  #cancel(stream: ProducedStream): void {
    this.#open.delete(stream.id);
    stream.canceled = true;
    if (stream.ended) return;
    stream.span?.end('canceled');
    for (const callback of stream.onCancel) callback();
  }
}

function hasRoom(stream: ProducedStream): boolean {
  return stream.sentItems - stream.handledItems < stream.windowItems;
}
