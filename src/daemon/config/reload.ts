import { leafPaths, readPath } from './paths.js';
import type { ClusterConfig } from './schema.js';

/** What a running daemon takes over at SIGHUP; everything else waits for a restart. */
export const RELOADED_SETTINGS: readonly string[] = [
  'log.level',
  'backup.enabled',
  'backup.schedule',
  'backup.keep',
];

export interface ReloadPlan {
  /** Paths of settings that have another value now, and hold from now on. */
  readonly applied: readonly string[];
  /** Those that a restart would bring. */
  readonly needRestart: readonly string[];
}

/** Compares what runs with what was read anew. Pure. */
export function reloadPlan(running: ClusterConfig, read: ClusterConfig): ReloadPlan {
  const paths = new Set([...leafPaths(running), ...leafPaths(read)]);
  const changed = [...paths].filter(
    (path) => JSON.stringify(readPath(running, path)) !== JSON.stringify(readPath(read, path)),
  );
  return {
    applied: changed.filter((path) => RELOADED_SETTINGS.includes(path)),
    needRestart: changed.filter((path) => !RELOADED_SETTINGS.includes(path)),
  };
}
