export type { ThreadActorStatus } from './actor-status.js';
export {
  type ChildError,
  type LifeSpans,
  StartError,
  type SystemOptions,
  type ThreadActorSystem,
} from './actor-system.js';
export { runActor, runEdge, type ThreadOptions } from './actor-thread.js';
export { realClock, realCrypto, realRandom } from './host-ports.js';
export { blockThread, inSync } from './in-sync.js';
export { peerActivity, rests } from './peer-activity.js';
export type { SpareStatus } from './spare-pool.js';
export { startSystem } from './system.js';
export { systemFigures } from './system-view.js';
