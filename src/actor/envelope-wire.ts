import { assertNever } from '../base/index.js';
import type { FrameEntry } from '../codec/index.js';
import type { Envelope, SentStreamEnd } from './envelope.js';

/** The end of a frame; the kinds of envelopes follow. Part of the format: never renumbered while two versions could meet. */
export const FRAME_END = 1;

const Kind = {
  tell: 2,
  ask: 3,
  open: 4,
  reply: 5,
  unknownAsk: 6,
  unknownStream: 7,
  item: 8,
  end: 9,
  cancel: 16,
  credit: 17,
  close: 18,
  gap: 19,
  link: 20,
  unlink: 21,
} as const;

/** From this kind on, envelopes are of the system lane. */
const FIRST_SYSTEM_KIND = Kind.cancel;

/** How an envelope is written: `add` of a frame's encoder, or what packs an entry for later. */
type Write<T> = (kind: number, name: string, id: number, value: unknown) => T;

/** An envelope as an entry of a frame. What the entry's head holds is not in the value, so that a tell is its message and no more. */
export function writeEnvelope<T>(envelope: Envelope, write: Write<T>): T {
  switch (envelope.type) {
    case 'tell':
      return write(Kind.tell, envelope.operation, 0, envelope.message);
    case 'ask': {
      const { id, operation, request, deadlineMs, trace } = envelope;
      return write(Kind.ask, operation, id, [request, deadlineMs, trace]);
    }
    case 'open': {
      const { id, operation, request, windowItems, trace } = envelope;
      return write(Kind.open, operation, id, [request, windowItems, trace]);
    }
    case 'reply':
      return write(Kind.reply, '', envelope.id, envelope.reply);
    case 'unknown': {
      const kind = envelope.of === 'ask' ? Kind.unknownAsk : Kind.unknownStream;
      return write(kind, '', envelope.id, null);
    }
    case 'item':
      return write(Kind.item, '', envelope.id, envelope.item);
    case 'end':
      return write(Kind.end, '', envelope.id, envelope.end);
    case 'cancel':
    case 'close':
      return write(Kind[envelope.type], '', envelope.id, null);
    case 'credit':
      return write(Kind.credit, '', envelope.id, envelope.handledItems);
    case 'gap':
    case 'link':
    case 'unlink':
      return write(Kind[envelope.type], '', 0, null);
    default:
      return assertNever(envelope, 'envelope');
  }
}

/** What is read on arrival: the system lane, and the end. */
export function isUrgent(kind: number): boolean {
  return kind >= FIRST_SYSTEM_KIND || kind === FRAME_END;
}

/** Of the kinds that take room in the mailbox. */
export function isCountedKind(kind: number): boolean {
  return kind === Kind.tell || kind === Kind.ask || kind === Kind.open;
}

/** Those that can be called back before they are handled. */
export function requestOf(kind: number): 'ask' | 'open' | undefined {
  return kind === Kind.ask ? 'ask' : kind === Kind.open ? 'open' : undefined;
}

export const NOBODY_SENDS = 'it holds what nobody sends';

/** Undefined: nobody sends such an entry. */
export function readEnvelope({ kind, name, id, value }: FrameEntry): Envelope | undefined {
  switch (kind) {
    case Kind.tell:
      return { type: 'tell', operation: name, message: value };
    case Kind.ask: {
      if (!Array.isArray(value)) return undefined;
      const [request, deadlineMs, trace] = value as unknown[];
      if (typeof deadlineMs !== 'number' || !isText(trace)) return undefined;
      return { type: 'ask', id, operation: name, request, deadlineMs, trace };
    }
    case Kind.open: {
      if (!Array.isArray(value)) return undefined;
      const [request, windowItems, trace] = value as unknown[];
      if (typeof windowItems !== 'number' || !isText(trace)) return undefined;
      return { type: 'open', id, operation: name, request, windowItems, trace };
    }
    case Kind.reply:
      return { type: 'reply', id, reply: value };
    case Kind.unknownAsk:
      return { type: 'unknown', of: 'ask', id };
    case Kind.unknownStream:
      return { type: 'unknown', of: 'stream', id };
    case Kind.item:
      return { type: 'item', id, item: value };
    case Kind.end:
      return isStreamEnd(value) ? { type: 'end', id, end: value } : undefined;
    case Kind.cancel:
      return { type: 'cancel', id };
    case Kind.credit:
      return typeof value === 'number' ? { type: 'credit', id, handledItems: value } : undefined;
    case Kind.close:
      return { type: 'close', id };
    case Kind.gap:
      return { type: 'gap' };
    case Kind.link:
      return { type: 'link' };
    case Kind.unlink:
      return { type: 'unlink' };
    default:
      return undefined;
  }
}

function isText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function isStreamEnd(value: unknown): value is SentStreamEnd {
  if (typeof value !== 'object' || value === null) return false;
  const { code, error } = value as { code?: unknown; error?: unknown };
  return code === 'complete' || (code === 'failed' && typeof error === 'object' && error !== null);
}
