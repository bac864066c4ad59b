export {
  type ActorState,
  type ActorStatus,
  type LastCrash,
} from './actor-status.js';
export { runActor, runEdge, type ThreadOptions } from './actor-thread.js';
export { realClock, realCrypto, realRandom } from './host-ports.js';
export { blockThread, inSync } from './in-sync.js';
export { type ActorSystem, startSystem, type SystemOptions } from './system.js';
export { systemFigures } from './system-view.js';
