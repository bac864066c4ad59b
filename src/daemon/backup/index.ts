export { expiredBackups, nextBackupMs, scheduleProblem } from './backup-plan.js';
export { Backups, type BackupPorts, type BackupSettings, type BackupState } from './backups.js';
export { SnapshotTaking } from './snapshot-taking.js';
