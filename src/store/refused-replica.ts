import type { ActorContext, Behaviour } from '../actor/index.js';
import type { ActorId, Disk } from '../base/index.js';
import { absentReplica, absentStatus } from './absent-replica.js';
import { BeginsAnew } from './begins-anew.js';
import { Rejoin } from './rejoin.js';
import { refusalProblem } from './replica-problem.js';
import type { ReplicaProtocol } from './replica-protocol.js';
import type { ReplicaSettings } from './replica-settings.js';
import type { WalRefusal } from './wal-recovery.js';

/** How often it asks. */
const ASK_MS = 1000;

/**
 * A replica whose files cannot be used: it votes for nobody, stores nothing, serves nothing, and says why. The others go on as if
 * it were down. Where the files are its own it begins anew as soon as it knows bounds for what it has promised; else it lives on,
 * since a restart would read the same files again.
 */
export function refusedReplica(
  context: ActorContext,
  settings: ReplicaSettings,
  refusal: WalRefusal,
  disk: Disk,
): Behaviour<ReplicaProtocol> {
  const { log, clock } = context;
  const rejoin = new Rejoin(settings, refusal, disk);
  const ask = (id: ActorId): void => {
    if (rejoin.possible && id !== settings.id && settings.nodeOf(id) !== undefined)
      context.tell(context.ref<ReplicaProtocol>(id), 'placeAsk', {});
  };
  const askAll = (): void => {
    const known = new Set([...settings.peers, ...settings.known].map(({ id }) => id));
    for (const id of known) ask(id);
    clock.after(ASK_MS, askAll);
  };
  const problem = refusalProblem(refusal, settings);
  const absent = absentReplica(
    () => absentStatus(settings, 'refused', problem),
    () => ({ code: 'corrupt', message: `${settings.id}: ${problem}` }),
  );
  return {
    ...absent,
    start: () => {
      log.error('the replica refuses to start', { ...refusal, problem });
      if (rejoin.possible) askAll();
    },
    tells: {
      ...absent.tells,
      place: (from, place) => {
        const id = settings.nodeOf(from.id);
        if (id === undefined || !rejoin.answered(id, place)) return;
        context.crash(new BeginsAnew(settings.id, refusal.reason));
      },
    },
    peerUp: ({ id }) => {
      ask(id);
    },
  };
}
