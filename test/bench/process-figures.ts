import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const BLOCK_BYTES = 512;

/** User and kernel time of a process, in ticks of 10 ms. */
export function cpuTicks(pid: number): number {
  const fields = statFields(pid);
  return Number(fields[11]) + Number(fields[12]);
}

export function parentOf(pid: number): number {
  return Number(statFields(pid)[1]);
}

export function residentMb(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1024;
}

export function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** What a folder takes on the disk, in MB; what goes away meanwhile does not count. */
export function diskMb(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const blocks = files.map((entry) => {
    try {
      return entry.isFile() ? statSync(path.join(entry.parentPath, entry.name)).blocks : 0;
    } catch {
      return 0;
    }
  });
  return (blocks.reduce((sum, count) => sum + count, 0) * BLOCK_BYTES) / 2 ** 20;
}

/** The fields of /proc/PID/stat behind the name: state is the first. */
function statFields(pid: number): string[] {
  return readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
}
