import type { ActorId } from '../../base/index.js';
import { realClock } from './host-ports.js';
import { assignedLife } from './assignment.js';
import { type ActorWords, readActivity, setResting } from './words.js';

const wordsOf = new Map<string, ActorWords>();

/** A link to a life of another actor was made: its words are to be read from now on. */
export function notePeer(id: string, words: ActorWords): void {
  wordsOf.set(id, words);
}

/**
 * What the newest life of a linked actor does, read from memory that both share: it need not answer. Undefined where there
 * never was a link to it.
 */
export function peerActivity(
  id: ActorId,
): { readonly silentMs: number; readonly inSync: boolean } | undefined {
  const words = wordsOf.get(id);
  return words === undefined ? undefined : readActivity(words, realClock.monotonicMs());
}

/** This thread's loop may stand still for so long after each turn: its peers see it as silent only beyond that. */
export function rests(ms: number): void {
  const life = assignedLife();
  if (life !== undefined) setResting(life.words, ms);
}
