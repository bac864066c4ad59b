import type { HeldMemory } from './live-heap.js';

/**
 * What main sees of a thread without asking it: a few shared words for each life. The actor's beat turns `beats`; its peers
 * count what they post to it, and it counts what it has handled, so that even a blocked actor's mailbox is known.
 */
export type ActorWords = Int32Array<SharedArrayBuffer>;

const Word = {
  beats: 0,
  activity: 1,
  posted: 2,
  handled: 3,
  heapKib: 4,
  buffersKib: 5,
  turnedMs: 6,
  lostLogLines: 7,
  restsMs: 8,
} as const;

/** `paused`: chaos holds it up. That is no stall to be ended, but the actor does nothing. */
const Activity = { running: 0, inSync: 1, paused: 2 } as const;
export type Blocked = 'inSync' | 'paused';

export function createWords(): ActorWords {
  return new Int32Array(new SharedArrayBuffer(9 * Int32Array.BYTES_PER_ELEMENT));
}

/** Once a beat, from the actor's own loop. */
export function beat(words: ActorWords, held: HeldMemory): void {
  Atomics.store(words, Word.heapKib, Math.round(held.heapBytes / 1024));
  Atomics.store(words, Word.buffersKib, Math.round(held.bufferBytes / 1024));
  Atomics.add(words, Word.beats, 1);
}

/** Negative: they were lost on their way. */
export function countPosted(words: ActorWords, messages: number): void {
  if (messages !== 0) Atomics.add(words, Word.posted, messages);
}

/** At the end of each piece of work. `nowMs` is on the clock that all threads share. */
export function turned(words: ActorWords, messagesHandled: number, nowMs: number): void {
  Atomics.store(words, Word.handled, messagesHandled | 0);
  Atomics.store(words, Word.turnedMs, nowMs | 0);
}

/** Its loop may stand still for so long after each turn, for want of anything to do. */
export function setResting(words: ActorWords, ms: number): void {
  Atomics.store(words, Word.restsMs, ms);
}

export function setLostLogLines(words: ActorWords, lines: number): void {
  Atomics.store(words, Word.lostLogLines, lines);
}

export function setBlocked(words: ActorWords, how: Blocked | undefined): void {
  Atomics.store(words, Word.activity, how === undefined ? Activity.running : Activity[how]);
}

/** For how long its loop has not turned, beyond what it meant to rest, and whether it waits for its disk. What a peer sees without asking. */
export function readActivity(
  words: ActorWords,
  nowMs: number,
): { readonly silentMs: number; readonly inSync: boolean } {
  // Both wrap at 2^32 ms; their difference does not.
  const sinceTurnMs = ((nowMs | 0) - Atomics.load(words, Word.turnedMs)) | 0;
  return {
    silentMs: Math.max(0, sinceTurnMs - Atomics.load(words, Word.restsMs)),
    inSync: Atomics.load(words, Word.activity) === Activity.inSync,
  };
}

export interface WordsReading {
  readonly beats: number;
  /** It waits for its disk, or is paused on purpose. */
  readonly blocked: boolean;
  readonly mailboxMessages: number;
  readonly heapUsedBytes: number;
  readonly bufferBytes: number;
  /** Not taken by its log, nor told of there. */
  readonly lostLogLines: number;
}

export function readWords(words: ActorWords): WordsReading {
  return {
    beats: Atomics.load(words, Word.beats),
    blocked: Atomics.load(words, Word.activity) !== Activity.running,
    // Both wrap at 2^32; their difference does not, as a mailbox is far smaller.
    mailboxMessages: Math.max(
      0,
      (Atomics.load(words, Word.posted) - Atomics.load(words, Word.handled)) | 0,
    ),
    heapUsedBytes: Atomics.load(words, Word.heapKib) * 1024,
    bufferBytes: Atomics.load(words, Word.buffersKib) * 1024,
    lostLogLines: Atomics.load(words, Word.lostLogLines),
  };
}
