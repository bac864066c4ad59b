export { askDaemon } from './client.js';
export type {
  ActorDetail,
  ActorLine,
  ClusterStatus,
  CollectedSpans,
  ControlReplies,
  ControlRequest,
  KillOutcome,
  MemberAction,
  MemberReply,
  ReplicaLine,
} from './messages.js';
export { serveControl, type ControlHandlers } from './server.js';
