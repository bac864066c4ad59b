import type { ActorId } from '../base/index.js';

/** What the system tells its listeners, as it happens. */
export type ActorEvent =
  | { readonly type: 'starting' | 'ready'; readonly id: ActorId; readonly incarnation: number }
  | {
      readonly type: 'died';
      readonly id: ActorId;
      readonly incarnation: number;
      readonly cause: 'crash' | 'chaos' | 'normal';
      readonly message: string;
      /** When it is started again: undefined means never, Infinity when it is released. */
      readonly restartInMs: number | undefined;
    }
  | { readonly type: 'ended'; readonly failure: string | undefined };
