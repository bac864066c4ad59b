/** What is known of one actor's memory when the process is looked at. */
export interface ActorMemory {
  readonly id: string;
  readonly incarnation: number;
  /** Counts its beats. Its readings are those of the last one. */
  readonly beats: number;
  readonly heapBytes: number;
  readonly bufferBytes: number;
  readonly heapBytesMax: number;
  readonly buffersBytesMax: number;
  /** Not to be ended for the memory of the process: an edge, or a thread that is in a disk sync and cannot allocate. */
  readonly exempt: boolean;
}

export interface MemorySample {
  /** Resident size of the process. */
  readonly rssBytes: number;
  /** Beyond this the largest actor is ended, before the kernel ends the process. */
  readonly rssBytesMax: number;
  readonly actors: readonly ActorMemory[];
}

/** What the process held when an actor last beat. */
interface Mark {
  readonly incarnation: number;
  readonly beats: number;
  readonly rssBytes: number;
  /** By the readings of the others. */
  readonly othersBytes: number;
  /** It was asked to beat since, and has not. */
  asked: boolean;
}

export type MemoryBooks = Map<string, Mark>;

export type MemoryVerdict =
  /** An actor over its own bound, by its own reading. */
  | { readonly type: 'over-heap' | 'over-buffers'; readonly actor: ActorMemory }
  /** The process grew so much since its last beat as only this one can explain. */
  | { readonly type: 'grew-unseen'; readonly actor: ActorMemory; readonly bytes: number }
  /** The process is about to take more than the machine has, and this one holds most of it. */
  | { readonly type: 'largest'; readonly actor: ActorMemory; readonly bytes: number }
  /** May be one of those: it is to show its memory now, before the next look. */
  | { readonly type: 'ask'; readonly actor: ActorMemory };

/**
 * Who holds too much memory. An actor tells what it holds at each beat; one that allocates without ever returning to its loop
 * does not, so the growth of the whole process since its last beat is held against it, less what the others say that they
 * took. It is asked for a beat first: whoever still turns answers and is cleared. Changes the books.
 */
export function memoryVerdicts(books: MemoryBooks, sample: MemorySample): MemoryVerdict[] {
  const { actors, rssBytes } = sample;
  const totalBytes = actors.reduce((sum, actor) => sum + heldBytes(actor), 0);
  const verdicts: MemoryVerdict[] = [];
  const unseen: Suspect[] = [];
  for (const actor of actors) {
    const othersBytes = totalBytes - heldBytes(actor);
    const known = books.get(actor.id);
    if (known?.incarnation !== actor.incarnation || known.beats !== actor.beats) {
      const { incarnation, beats } = actor;
      books.set(actor.id, { incarnation, beats, rssBytes, othersBytes, asked: false });
    } else if (!actor.exempt) {
      const othersGrewBytes = Math.max(0, othersBytes - known.othersBytes);
      const bytes = Math.max(0, rssBytes - known.rssBytes - othersGrewBytes);
      unseen.push({ actor, mark: known, bytes });
    }
    if (actor.heapBytes > actor.heapBytesMax) verdicts.push({ type: 'over-heap', actor });
    else if (actor.bufferBytes > actor.buffersBytesMax)
      verdicts.push({ type: 'over-buffers', actor });
  }
  for (const id of books.keys()) if (!actors.some((actor) => actor.id === id)) books.delete(id);

  const unanswered: Suspect[] = [];
  for (const suspect of unseen) {
    const { actor, mark, bytes } = suspect;
    if (bytes <= Math.max(UNSEEN_BYTES_MIN, actor.heapBytesMax - actor.heapBytes)) continue;
    if (mark.asked) unanswered.push(suspect);
    else verdicts.push({ type: 'ask', actor });
    mark.asked = true;
  }
  // One at a time: what its end frees shows whether there is another.
  const worst = largestOf(unanswered);
  if (worst !== undefined)
    verdicts.push({ type: 'grew-unseen', actor: worst.actor, bytes: worst.bytes });
  else if (rssBytes > sample.rssBytesMax) verdicts.push(...largest(sample, unseen));
  return verdicts;
}

/** So much may be something else: threads that start, memory that was freed and not given back. */
const UNSEEN_BYTES_MIN = 128 * 2 ** 20;

function heldBytes({ heapBytes, bufferBytes }: ActorMemory): number {
  return heapBytes + bufferBytes;
}

interface Suspect {
  readonly actor: ActorMemory;
  readonly mark: Mark;
  /** By which the process grew since its last beat, and which no other explains. */
  readonly bytes: number;
}

/** An end that would free less than this share of the bound is no help. */
const SHARE_MIN = 0.1;

function largest(
  { actors, rssBytesMax }: MemorySample,
  unseen: readonly Suspect[],
): MemoryVerdict[] {
  const sizes = actors
    .filter((actor) => !actor.exempt)
    .map((actor) => {
      const unseenBytes = unseen.find((each) => each.actor === actor)?.bytes ?? 0;
      return { actor, bytes: heldBytes(actor) + unseenBytes };
    });
  const found = largestOf(sizes);
  return found === undefined || found.bytes < SHARE_MIN * rssBytesMax
    ? []
    : [{ type: 'largest', ...found }];
}

function largestOf<T extends { readonly bytes: number }>(sizes: readonly T[]): T | undefined {
  return [...sizes].sort((a, b) => b.bytes - a.bytes)[0];
}
