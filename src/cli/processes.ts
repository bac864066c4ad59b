import { OperatingError } from '../daemon/index.js';

const STOP_MAX_MS = 30_000;
const LOOK_MS = 50;

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when a daemon that was told to stop is gone. */
export async function untilGone(pid: number): Promise<void> {
  const deadline = performance.now() + STOP_MAX_MS;
  while (isAlive(pid)) {
    if (performance.now() > deadline) {
      throw new OperatingError(
        `pid ${pid} still runs after ${STOP_MAX_MS / 1000} s; \`kill -9 ${pid}\` loses nothing that was acknowledged`,
      );
    }
    await pause();
  }
}

/** Between two looks at a process. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}
