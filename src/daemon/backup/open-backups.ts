import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Log } from '../../base/index.js';
import { realClock } from '../../io/thread/index.js';
import type { ClusterConfig } from '../config/index.js';
import type { DataFolder } from '../folder/index.js';
import { Backups } from './backups.js';
import type { SnapshotTaking } from './snapshot-taking.js';

/** The backups of a daemon, in the folder that its configuration names. */
export function openBackups(
  { root }: DataFolder,
  { backup }: ClusterConfig,
  log: Log,
  snapshots: SnapshotTaking,
): Backups {
  const folder = backup.folder === '' ? path.join(root, 'backups') : path.resolve(backup.folder);
  return new Backups({
    folder,
    log,
    list: () => (existsSync(folder) ? readdirSync(folder) : []),
    remove: (name) => rmSync(path.join(folder, name), { force: true }),
    save: async (name) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      return snapshots.save(path.join(folder, name));
    },
    wallMs: () => realClock.wallMs(),
    after: (delayMs, callback) => {
      const timer = setTimeout(callback, delayMs);
      timer.unref();
      return () => clearTimeout(timer);
    },
  });
}
