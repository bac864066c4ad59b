import { createHash } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import path from 'node:path';
import { errorCode, OperatingError } from '../failure.js';

/** A dying holder gets this long to be gone. */
const PATIENCE_MS = 3000;
const RETRY_MS = 50;

export interface FolderLock {
  release(): void;
}

/**
 * One daemon a data folder. The lock is a listening socket, which the kernel releases at any death; who connects is told
 * the holder's pid. On Linux it has no file (an abstract name made of the folder's device and inode).
 */
export async function lockFolder(root: string): Promise<FolderLock> {
  const name = lockName(root);
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const server = await listen(name);
    if (server !== undefined) {
      return { release: () => server.close() };
    }
    const holder = await holderPid(name);
    if (performance.now() > deadline) {
      throw new OperatingError(
        `data folder ${root}: in use by another kubactor (pid ${holder ?? 'unknown'}); stop it, or choose another --data-dir`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

function lockName(root: string): string {
  const real = realpathSync(root);
  if (process.platform !== 'linux') return path.join(real, 'run/lock.sock');
  const { dev, ino } = statSync(real);
  return `\0kubactor-${createHash('sha256').update(`${dev}:${ino}:${real}`).digest('hex').slice(0, 32)}`;
}

/** Undefined: the name is taken. */
function listen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.end(`${process.pid}\n`);
    });
    server.unref();
    server.once('error', (error) => {
      if (errorCode(error) === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(name, () => resolve(server));
  });
}

function holderPid(name: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(name);
    socket.setTimeout(500, () => socket.destroy());
    socket.on('data', (data) => (text += data.toString()));
    socket.on('error', () => resolve(undefined));
    socket.on('close', () => resolve(text.trim() === '' ? undefined : text.trim()));
  });
}
