import type { ActorId } from '../base/index.js';
import type { ClientHistory } from './client-history.js';
import type { RaftCheck } from './raft-check.js';

export interface RestParts {
  /** Now. */
  readonly replicas: readonly ActorId[];
  /** A change of the members is under way. */
  membersChange(): boolean;
  readonly clients: readonly ActorId[];
  readonly watchers: readonly ActorId[];
  readonly check: RaftCheck;
  readonly history: ClientHistory;
}

/** Whether everything is answered, applied everywhere and watched. */
export class Rest {
  readonly #parts: RestParts;
  /** By watcher: everything up to this has been delivered. */
  readonly #bookmarks = new Map<ActorId, number>();
  /** By client: what it saw when it read everything, after its last write. */
  readonly #finalReads = new Map<ActorId, { revision: number; keys: readonly string[] }>();

  constructor(parts: RestParts) {
    this.#parts = parts;
  }

  watched(watcher: ActorId, revision: number): void {
    this.#bookmarks.set(watcher, revision);
  }

  finallyRead(client: ActorId, revision: number, keys: readonly string[]): void {
    this.#finalReads.set(client, { revision, keys });
  }

  /** What is not at rest; undefined: all is. */
  unrest(): string | undefined {
    const { check, history, replicas } = this.#parts;
    if (this.#parts.membersChange()) return 'a change of the members has no end';
    const statuses = check.statuses().filter(({ id }) => replicas.some((each) => each === id));
    const notRunning = statuses.find((status) => status.state !== 'running');
    if (statuses.length < replicas.length) return 'a replica is down';
    if (notRunning !== undefined) return `${notRunning.id} is ${notRunning.state}`;
    const refusing = statuses.find((status) => status.problem !== null);
    if (refusing !== undefined) return `${refusing.id} has a problem: ${refusing.problem ?? ''}`;
    const [first] = statuses;
    if (statuses.some((status) => status.appliedIndex !== first?.appliedIndex)) {
      return `applied indexes differ: ${statuses.map((status) => String(status.appliedIndex)).join(', ')}`;
    }
    if (check.differenceExpected) return 'the wrong state of a replica was not found';
    if (history.waiting > 0) return 'an operation has no end';
    return this.#unread(Math.max(0, ...statuses.map((status) => status.revision)));
  }

  #unread(revision: number): string | undefined {
    for (const watcher of this.#parts.watchers) {
      if ((this.#bookmarks.get(watcher) ?? 0) < revision)
        return `${watcher} has not been given revision ${String(revision)}`;
    }
    for (const client of this.#parts.clients) {
      const read = this.#finalReads.get(client);
      if (read?.revision !== revision) return `${client} has not read revision ${String(revision)}`;
      const leased = read.keys.find((key) => key.startsWith('l'));
      if (leased !== undefined) return `the lease of ${leased} has not ended`;
    }
    return undefined;
  }
}
