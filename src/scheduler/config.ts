import type { ActorId } from '../base/index.js';

export interface SchedulerConfig {
  /** The API server's actor. */
  readonly server: ActorId;
}
