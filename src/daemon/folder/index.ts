export {
  dataFolder,
  dataFolderPath,
  keepState,
  prepareDataFolder,
  readKeptState,
  writeFileAtomic,
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
