/** What the clients did and saw. Moments are the simulator's event numbers, which never tie. */
export interface ClientWrite {
  readonly client: string;
  readonly key: string;
  /** Unique: no two writes write the same. */
  readonly value: string;
  readonly begun: number;
  ended: number | undefined;
  /** The revision, where it was acknowledged; null: it was answered that nothing was written. */
  revision: number | null | undefined;
}

export interface ClientRead {
  readonly client: string;
  readonly key: string;
  readonly begun: number;
  ended: number | undefined;
  /** The store's revision at which the answer was made. */
  revision: number | undefined;
  value: string | null;
  modRevision: number;
}

export interface WatchedEvent {
  readonly key: string;
  readonly value: string | null;
  readonly revision: number;
}

export interface ClientHistory {
  readonly writes: ClientWrite[];
  readonly reads: ClientRead[];
  /** By watcher: everything that it was given, in order. */
  readonly watches: Map<string, WatchedEvent[]>;
}

export function emptyHistory(): ClientHistory {
  return { writes: [], reads: [], watches: new Map() };
}

/** The first thing that no linearizable store could have done, or undefined. Each key is a register of unique values. */
export function checkHistory(history: ClientHistory): string | undefined {
  return acknowledgedWrites(history) ?? reads(history) ?? watches(history);
}

/** Revisions follow real time: a write that began after another was acknowledged has a later one. */
function acknowledgedWrites(history: ClientHistory): string | undefined {
  const acknowledged = history.writes.filter((write) => typeof write.revision === 'number');
  const byRevision = new Map<number, ClientWrite>();
  for (const write of acknowledged) {
    const other = byRevision.get(write.revision ?? 0);
    if (other !== undefined)
      return `${write.value} and ${other.value} were both acknowledged at revision ${String(write.revision)}`;
    byRevision.set(write.revision ?? 0, write);
  }
  const byEnd = [...acknowledged].sort((a, b) => (a.ended ?? 0) - (b.ended ?? 0));
  const byBegin = [...acknowledged].sort((a, b) => a.begun - b.begun);
  let ended = 0;
  let revisionMax = 0;
  for (const write of byBegin) {
    for (
      let other = byEnd[ended];
      other !== undefined && (other.ended ?? 0) < write.begun;
      other = byEnd[++ended]
    ) {
      revisionMax = Math.max(revisionMax, other.revision ?? 0);
    }
    if ((write.revision ?? 0) <= revisionMax) {
      return `${write.value} got revision ${String(write.revision)} after ${String(revisionMax)} had been acknowledged`;
    }
  }
  return undefined;
}

/** A read sees every write that was acknowledged before it began, and no older value of its key than it should. */
function reads(history: ClientHistory): string | undefined {
  const byValue = new Map(history.writes.map((write) => [write.value, write]));
  for (const read of history.reads) {
    if (read.revision === undefined) continue;
    const what = `the read of ${read.key} by ${read.client} at revision ${String(read.revision)}`;
    const written = read.value === null ? undefined : byValue.get(read.value);
    if (read.value !== null && written?.key !== read.key)
      return `${what} found ${read.value}, which nobody wrote there`;
    if (typeof written?.revision === 'number' && written.revision !== read.modRevision) {
      return `${what} found ${written.value} at ${String(read.modRevision)}, acknowledged at ${String(written.revision)}`;
    }
    if (written?.revision === null) return `${what} found ${written.value}, which was refused`;
    for (const write of history.writes) {
      if (typeof write.revision !== 'number') continue;
      if ((write.ended ?? Infinity) < read.begun && write.revision > read.revision) {
        return `${what} is stale: ${write.value} had been acknowledged at ${String(write.revision)}`;
      }
      if (
        write.key === read.key &&
        write.revision > read.modRevision &&
        write.revision <= read.revision
      ) {
        return `${what} found revision ${String(read.modRevision)} but ${write.value} was acknowledged at ${String(write.revision)}`;
      }
    }
  }
  return undefined;
}

/** Every watcher got every acknowledged write once, in order, and all of them the same. */
function watches(history: ClientHistory): string | undefined {
  let longest: WatchedEvent[] = [];
  for (const [name, events] of history.watches) {
    const seen = new Set<string>();
    let last = 0;
    for (const event of events) {
      if (event.revision < last)
        return `${name} got revision ${String(event.revision)} after ${String(last)}`;
      last = event.revision;
      const id = `${event.key}@${String(event.revision)}`;
      if (seen.has(id)) return `${name} got ${id} twice`;
      seen.add(id);
    }
    if (events.length > longest.length) longest = events;
  }
  const byRevision = new Map(longest.map((event) => [event.revision, event]));
  for (const [name, events] of history.watches) {
    for (const event of events) {
      if (byRevision.get(event.revision)?.value !== event.value)
        return `${name} differs at revision ${String(event.revision)}`;
    }
    if (events.length !== longest.length)
      return `${name} got ${String(events.length)} of ${String(longest.length)} events`;
  }
  for (const write of history.writes) {
    if (typeof write.revision !== 'number') continue;
    if (byRevision.get(write.revision)?.value !== write.value) {
      return `${write.value}, acknowledged at revision ${String(write.revision)}, was lost`;
    }
  }
  return undefined;
}
