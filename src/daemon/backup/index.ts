export { Backups, type BackupSettings, type BackupState } from './backups.js';
export { SnapshotTaking } from './snapshot-taking.js';
