export {
  dataFolder,
  dataFolderPath,
  keepState,
  knownClusters,
  prepareDataFolder,
  readKeptState,
  type DataFolder,
  type KeptState,
} from './data-folder.js';
export {
  keepMembers,
  readKeptMembers,
  type KeptGoal,
  type KeptMembers,
  type KeptReplica,
} from './kept-members.js';
export { lockFolder, type FolderLock } from './lock.js';
export { makeDataFolder } from './restore-folder.js';
export { folderError } from './folder-error.js';
export { migrateDataFolder } from './migrations.js';
export { writeFileAtomic } from './write-file.js';
