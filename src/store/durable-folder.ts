import type { Disk } from '../base/index.js';

/**
 * Makes a folder whose own name is durable: files in it are lost with it otherwise, synced or not. One that is there is
 * synced too, since whoever made it may have died before that.
 */
export function makeDurableFolder(disk: Disk, folder: string): void {
  disk.makeFolder(folder);
  const slash = folder.lastIndexOf('/');
  if (slash > 0) disk.syncFolder(folder.slice(0, slash));
}
