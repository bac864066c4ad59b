import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';

/** Why tests that mount file systems cannot run here; false where they can. */
export function withoutMounts(folder: string): string | false {
  if (process.getuid?.() !== 0) return 'only root may mount a tmpfs';
  if (!mounted('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder))
    return 'a tmpfs cannot be mounted on this machine';
  unmount(folder);
  return false;
}

export function mountTmpfs(folder: string, mebibytes: number): void {
  const size = `size=${mebibytes}m`;
  if (!mounted('mount', '-t', 'tmpfs', '-o', size, 'tmpfs', folder))
    throw new Error(`no tmpfs on ${folder}`);
}

/**
 * From now on who goes by the folder's name finds it read-only, until it is unmounted once. What is open stays so: a mount whose
 * files are open for writing cannot be made read-only from outside.
 */
export function coverReadOnly(folder: string): void {
  if (
    !mounted('mount', '--bind', folder, folder) ||
    !mounted('mount', '-o', 'remount,bind,ro', folder)
  )
    throw new Error(`${folder} cannot be made read-only`);
}

export function unmount(folder: string): void {
  mounted('umount', '-l', folder);
}

/** Takes all that is free. */
export function fill(file: string): void {
  const handle = openSync(file, 'w');
  try {
    for (const bytes of [2 ** 20, 4096]) writeUntilFull(handle, Buffer.alloc(bytes));
  } finally {
    closeSync(handle);
  }
}

function writeUntilFull(handle: number, block: Buffer): void {
  try {
    for (;;) writeSync(handle, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

function mounted(command: string, ...args: string[]): boolean {
  return spawnSync(command, args).status === 0;
}
