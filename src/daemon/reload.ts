import type { ActorLog } from '../io/log/index.js';
import type { ThreadActorSystem } from '../io/thread/index.js';
import type { Backups } from './backup/index.js';
import { reloadPlan, type ClusterConfig, type ReloadPlan } from './config/index.js';

/** Takes over what can be taken over at run time. Returns what was, and what needs a restart. */
export function applyReload(
  running: ClusterConfig,
  read: ClusterConfig,
  parts: { readonly system: ThreadActorSystem; readonly backups: Backups; readonly log: ActorLog },
): ReloadPlan {
  const plan = reloadPlan(running, read);
  const { system, backups, log } = parts;
  if (plan.applied.includes('log.level')) {
    log.setLevel(read.log.level);
    for (const { id } of system.actors()) system.setLogLevel(id, read.log.level);
  }
  if (plan.applied.some((path) => path.startsWith('backup.'))) backups.schedule(read.backup);
  log.info('settings reloaded', { ...plan });
  return plan;
}
