import type { ErrorData } from '../base/index.js';

/** What travels between two lives of two actors. `id` numbers the asks and streams of the side that began them. */
export type Envelope =
  | TellEnvelope
  | AskEnvelope
  | OpenEnvelope
  | { readonly type: 'reply'; readonly id: number; readonly reply: unknown }
  /** The callee does not know the operation of an ask or of a stream. */
  | { readonly type: 'unknown'; readonly of: 'ask' | 'stream'; readonly id: number }
  /** The caller of an ask no longer waits. */
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'item'; readonly id: number; readonly item: unknown }
  | { readonly type: 'end'; readonly id: number; readonly end: SentStreamEnd }
  /** The consumer has handled so many items of the stream, counted from its beginning. */
  | { readonly type: 'credit'; readonly id: number; readonly handledItems: number }
  /** The consumer no longer wants the stream. */
  | { readonly type: 'close'; readonly id: number }
  /** Frames of the receiver were lost or reordered on their way here: all streams of this link end. */
  | { readonly type: 'gap' }
  /** The sender shares the receiver's fate from now on (OTP's link), or no longer. */
  | { readonly type: 'link' }
  | { readonly type: 'unlink' };

export interface TellEnvelope {
  readonly type: 'tell';
  readonly operation: string;
  readonly message: unknown;
}

export interface AskEnvelope {
  readonly type: 'ask';
  readonly id: number;
  readonly operation: string;
  readonly request: unknown;
  /** On the monotonic clock, whose origin is the same in all actors. */
  readonly deadlineMs: number;
  /** See trace.ts. */
  readonly trace: string | undefined;
}

export interface OpenEnvelope {
  readonly type: 'open';
  readonly id: number;
  readonly operation: string;
  readonly request: unknown;
  readonly windowItems: number;
  readonly trace: string | undefined;
}

export type SentStreamEnd =
  | { readonly code: 'complete'; readonly value?: unknown }
  | { readonly code: 'failed'; readonly error: ErrorData };

/** These take room in the receiver's mailbox, so they need credit; the others are bounded by what they belong to. */
export type CountedEnvelope = TellEnvelope | AskEnvelope | OpenEnvelope;

/**
 * The system lane: handled on arrival, before every message that waits. They belong to what is open already, so that it is
 * safe for them to overtake.
 */
export type SystemEnvelope = Extract<
  Envelope,
  { type: 'cancel' | 'credit' | 'close' | 'gap' | 'link' | 'unlink' }
>;
/** The user lane, in order: decoded when they are handled. */
export type UserEnvelope = Exclude<Envelope, SystemEnvelope>;

/**
 * The last entry of each frame; the envelopes of a turn come before it. All counts are of the link, from its beginning, so
 * that a lost frame is made up for.
 */
export interface FrameEnd {
  /** From 0. */
  readonly sequence: number;
  /** Counted envelopes and bytes sent in the frames before this one. */
  readonly messagesBefore: number;
  readonly bytesBefore: number;
  /** Credit for the other direction: what the sender of this frame has handled. */
  readonly handledMessages: number;
  readonly handledBytes: number;
}

/** A frame's end as it travels: its fields in order, since their names would be a third of a small frame. */
export function frameEndValue(end: FrameEnd): readonly number[] {
  return [end.sequence, end.messagesBefore, end.bytesBefore, end.handledMessages, end.handledBytes];
}

/** Undefined: it is none. */
export function readFrameEnd(value: unknown): FrameEnd | undefined {
  if (!Array.isArray(value) || value.length !== 5 || !value.every(isCount)) return undefined;
  const [sequence, messagesBefore, bytesBefore, handledMessages, handledBytes] =
    value as unknown as FiveCounts;
  return { sequence, messagesBefore, bytesBefore, handledMessages, handledBytes };
}

type FiveCounts = readonly [number, number, number, number, number];

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
