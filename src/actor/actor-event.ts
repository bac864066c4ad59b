import type { ActorId } from '../base/index.js';
import type { DeathCause } from './supervisor-state.js';

/** What the system tells its listeners, as it happens. Of nested supervisors too, under their own ids. */
export type ActorEvent =
  | { readonly type: 'starting' | 'ready'; readonly id: ActorId; readonly incarnation: number }
  | {
      readonly type: 'died';
      readonly id: ActorId;
      readonly incarnation: number;
      readonly cause: DeathCause;
      readonly message: string;
      /** A stable name of the crash, where it has one: ENOENT, ASSERTION, ERR_WORKER_OUT_OF_MEMORY, ERR_STALLED. */
      readonly code: string | null;
      /** With this one. Kills on purpose neither count nor end the row; a quiet period does. */
      readonly crashesInRow: number;
      /** When it is started again: undefined means never, Infinity when it is released. */
      readonly restartInMs: number | undefined;
    }
  /** A started thread waits for the next life of an actor of this entry. */
  | { readonly type: 'spare-ready'; readonly entry: string }
  | { readonly type: 'ended'; readonly failure: string | undefined };
