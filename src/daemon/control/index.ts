export { askDaemon } from './client.js';
export type {
  ActorLine,
  ClusterStatus,
  ControlReplies,
  ControlRequest,
  KillOutcome,
  ReplicaLine,
} from './messages.js';
export { serveControl, type ControlHandlers } from './server.js';
