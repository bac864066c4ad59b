import type { V1Lease, V1Node } from '../../api/index.js';
import { findCondition } from '../../api/index.js';

/**
 * When each node last gave a sign of life *as this controller saw it*, on its own monotonic clock. The times in leases are
 * only compared for a change, never read: a clock that jumps, a lost quorum or a night asleep makes nobody look dead.
 */
export interface Heartbeats {
  /** Notes a node's signs of life. */
  observe(node: string, sign: string, nowMs: number): void;
  /** Something that only a living kubelet does. */
  heard(node: string, nowMs: number): void;
  forget(node: string): void;
  /** Nobody could be heard until now: all count from here. */
  restart(nowMs: number): void;
  /** How long the node has been silent; undefined: it was never observed. */
  silenceMs(node: string, nowMs: number): number | undefined;
  /** True where there are nodes and none has been heard within `ms`: then the ear may be at fault. */
  allSilentFor(ms: number, nowMs: number): boolean;
}

export function createHeartbeats(): Heartbeats {
  const heard = new Map<string, { readonly sign: string; readonly sinceMs: number }>();
  return {
    observe: (node, sign, nowMs) => {
      if (heard.get(node)?.sign !== sign) heard.set(node, { sign, sinceMs: nowMs });
    },
    heard: (node, nowMs) => {
      heard.set(node, { sign: heard.get(node)?.sign ?? '', sinceMs: nowMs });
    },
    forget: (node) => {
      heard.delete(node);
    },
    restart: (nowMs) => {
      for (const [node, { sign }] of heard) heard.set(node, { sign, sinceMs: nowMs });
    },
    silenceMs: (node, nowMs) => {
      const entry = heard.get(node);
      return entry === undefined ? undefined : nowMs - entry.sinceMs;
    },
    allSilentFor: (ms, nowMs) =>
      heard.size > 0 && [...heard.values()].every(({ sinceMs }) => nowMs - sinceMs >= ms),
  };
}

/** What changes with each heartbeat: the lease's renewal, or the kubelet's status. */
export function signOfLife(node: V1Node, lease: V1Lease | undefined): string {
  const ready = findCondition(node.status?.conditions, 'Ready');
  return [
    lease?.metadata?.uid,
    lease?.spec?.holderIdentity,
    lease?.spec?.renewTime,
    ready?.lastHeartbeatTime,
  ].join('|');
}
