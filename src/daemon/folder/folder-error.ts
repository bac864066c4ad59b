import { errorCode, OperatingError } from '../failure.js';

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EIO: 'the disk reports an error',
  ENOTDIR: 'a part of the path is no folder',
  EEXIST: 'there is a file of that name',
  EMFILE: 'too many open files: raise `ulimit -n`',
  ENFILE: 'the system has too many open files',
};

/** What a file system refused, in words; every other error as it is. */
export function folderError(root: string, error: unknown): Error {
  if (error instanceof OperatingError) return error;
  const code = errorCode(error);
  const words = code === undefined ? undefined : WORDS[code];
  if (words !== undefined)
    return new OperatingError(`data folder ${root}: cannot be written: ${words} (${code ?? ''})`);
  return error instanceof Error ? error : new Error(String(error));
}
