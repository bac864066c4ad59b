import type { ObjectKey } from '../client/index.js';

/**
 * Own writes that an informer does not show yet. While any is awaited, its owner is not worked on: a plan made from the old
 * state would make everything a second time. Owners are known by their key, dependents by their uid.
 */
export interface Expectations {
  /** Made: to be seen as added. */
  expect(owner: ObjectKey, uid: string, nowMs: number): void;
  /** Seen, or gone. */
  observe(owner: ObjectKey, uid: string): void;
  /** How long the owner must still wait at most; 0: all has been seen. */
  waitMs(owner: ObjectKey, nowMs: number): number;
  forget(owner: ObjectKey): void;
}

/** An expectation that is not met within this time was wrong (the object came and went within a gap of the watch). */
const EXPIRY_MS = 30_000;

export function createExpectations(): Expectations {
  const awaited = new Map<ObjectKey, { uids: Set<string>; untilMs: number }>();
  return {
    expect: (owner, uid, nowMs) => {
      const uids = awaited.get(owner)?.uids ?? new Set<string>();
      uids.add(uid);
      awaited.set(owner, { uids, untilMs: nowMs + EXPIRY_MS });
    },
    observe: (owner, uid) => {
      const entry = awaited.get(owner);
      entry?.uids.delete(uid);
      if (entry?.uids.size === 0) awaited.delete(owner);
    },
    waitMs: (owner, nowMs) => {
      const untilMs = awaited.get(owner)?.untilMs ?? nowMs;
      if (untilMs > nowMs) return untilMs - nowMs;
      awaited.delete(owner);
      return 0;
    },
    forget: (owner) => {
      awaited.delete(owner);
    },
  };
}
