import type { Revision } from '../base/index.js';
import { isTombstone, versionIndexAt } from './key-index.js';
import type { MvccState } from './mvcc-state.js';
import type { KeyValue, WatchEvent } from './request.js';

/** History as a watch hub sees it. */
export interface EventSource {
  readonly currentRevision: Revision;
  readonly compactRevision: Revision;
  /**
   * Visits versions in order of revision from `from` on, until false is returned. `lastOfRevision` says that the next
   * one, if any, belongs to another revision.
   */
  scan(from: number, visit: (version: KeyValue, lastOfRevision: boolean) => boolean): void;
  /** The event that made a version. `prevKv` is given only where it has not been compacted. */
  event(version: KeyValue, withPrevKv: boolean): WatchEvent;
}

export function eventsFrom(state: MvccState): EventSource {
  return {
    get currentRevision() {
      return state.currentRevision;
    },
    get compactRevision() {
      return state.compactRevision;
    },
    scan(from, visit) {
      const history = state.history;
      history.scan(history.indexFrom(from), (version, next) =>
        visit(version, next?.modRevision !== version.modRevision),
      );
    },
    event(version, withPrevKv) {
      const type = eventType(version);
      const prevKv = withPrevKv ? versionBefore(state, version) : undefined;
      return prevKv === undefined ? { type, kv: version } : { type, kv: version, prevKv };
    },
  };
}

export function eventType(version: KeyValue): WatchEvent['type'] {
  return isTombstone(version) ? 'delete' : 'put';
}

/** The version that a reader saw at the revision before, if that can still be read: the same answer on every replica. */
function versionBefore(state: MvccState, version: KeyValue): KeyValue | undefined {
  if (version.modRevision - 1 < state.compactRevision) return undefined;
  const entry = state.index.get(version.key);
  const before = entry?.versions[versionIndexAt(entry, version.modRevision - 1)];
  return before === undefined || isTombstone(before) ? undefined : before;
}
