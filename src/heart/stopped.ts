import { readFileSync } from 'node:fs';

/** Whether a process is stopped: by SIGSTOP, a terminal or a debugger. False where /proc does not tell. */
export function isStopped(pid: number): boolean {
  try {
    return /^[Tt]/.test(stateIn(readFileSync(`/proc/${String(pid)}/stat`, 'utf8')));
  } catch {
    return false;
  }
}

/** The state stands after the command in parentheses, which may hold anything. */
function stateIn(stat: string): string {
  return stat.slice(stat.lastIndexOf(')') + 2);
}
