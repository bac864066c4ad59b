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
export { lockFolder, type FolderLock } from './lock.js';
export { makeDataFolder } from './restore-folder.js';
