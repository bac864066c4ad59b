import type { ActorContext } from '../actor/index.js';
import { ok } from '../base/index.js';
import type { Disk, Result } from '../base/index.js';
import { recoverReplica } from './replica-recovery.js';
import type { RecoveredReplica } from './replica-recovery.js';
import type { ReplicaSettings } from './replica-settings.js';
import { createStateMachine } from './state-machine.js';
import type { StateMachine } from './state-machine.js';
import type { WalRefusal } from './wal-recovery.js';

/** Whether some watcher waits for events that the state machine still holds. */
export interface WatcherLag {
  behind: boolean;
}

/** What one life of a replica works on. */
export interface OpenedReplica {
  readonly machine: StateMachine;
  readonly recovered: RecoveredReplica;
  readonly watchers: WatcherLag;
}

/** Reads a replica's folder. Refused where nobody could tell what the replica has promised. */
export function openReplica(
  { clock, log }: Pick<ActorContext, 'clock' | 'log'>,
  settings: ReplicaSettings,
  disk: Disk,
): Result<OpenedReplica, WalRefusal> {
  const watchers: WatcherLag = { behind: false };
  const machine = createStateMachine({
    onWatchersBehind: () => {
      watchers.behind = true;
    },
  });
  const identity = { clusterId: settings.clusterId, replicaId: settings.nodeId };
  const recovered = recoverReplica({ disk, clock, log }, { ...settings, identity }, machine);
  return recovered.ok ? ok({ machine, recovered: recovered.value, watchers }) : recovered;
}
