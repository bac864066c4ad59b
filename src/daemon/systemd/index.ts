export { notifierOf } from './notify.js';
export { raftProgresses } from './raft-progress.js';
export { followSystemd, type SystemdFace } from './follow-systemd.js';
