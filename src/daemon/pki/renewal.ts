import type { Log } from '../../base/index.js';
import type { ClusterPki } from './pki.js';

/** A certificate is renewed 30 days before its end: twice a day is often enough. */
const LOOK_MS = 12 * 3_600_000;

export interface RenewalPorts {
  readonly log: Log;
  /** Renews what nears its end, and returns what is there then. */
  readonly ensure: () => Promise<ClusterPki>;
  /** The admin's keys are other ones now. */
  readonly adminRenewed: (pki: ClusterPki) => void;
  /** Calls back again and again; returns what ends that. */
  readonly every: (periodMs: number, callback: () => void) => () => void;
}

/** Renews certificates of a daemon that runs for longer than they last. Returns what ends it. */
export function keepPkiFresh(first: ClusterPki, ports: RenewalPorts): () => void {
  let known = first;
  const look = async (): Promise<void> => {
    try {
      const now = await ports.ensure();
      const renewed = (['ca', 'serving', 'admin'] as const).filter(
        (name) => now[name].certificate !== known[name].certificate,
      );
      if (renewed.includes('admin') || renewed.includes('ca')) ports.adminRenewed(now);
      known = now;
      if (renewed.length > 0) ports.log.info('certificates renewed', { renewed });
    } catch (error) {
      ports.log.error('certificates not renewed', { error });
    }
  };
  return ports.every(LOOK_MS, () => void look());
}
