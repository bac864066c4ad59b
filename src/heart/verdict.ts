/** How the daemon's process ended. */
export interface DaemonExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It had printed its ready line. */
  readonly wasReady: boolean;
  /** Its heart killed it, since it had stalled. */
  readonly stalled: boolean;
  readonly atMs: number;
}

export type Verdict =
  /** `death`: what it died of; absent where it asked for it. */
  | { readonly type: 'restart'; readonly death?: string }
  | { readonly type: 'exit'; readonly code: number; readonly reason?: string };

/** With it the daemon says that it met a bug of its own (sysexits' EX_SOFTWARE). */
const CRASH_EXIT_CODE = 70;

/** With it the daemon asks for a new process: `kubactor restart` (sysexits' EX_TEMPFAIL). */
const RESTART_EXIT_CODE = 75;

/** More deaths than this within the period, and the heart gives up. */
export const DEATHS_MAX = 5;
export const PERIOD_MS = 60_000;

/**
 * Whether a daemon that ended is started again: where it died of a signal (an abort of the process, the kernel's
 * out-of-memory killer) or of a bug, or asked for it, it is; where it ended by itself it meant to. Pure.
 */
export function verdict(exits: readonly DaemonExit[], stopping: boolean): Verdict {
  const last = exits.at(-1);
  if (last === undefined) return { type: 'restart' };
  if (last.signal === null && last.code === RESTART_EXIT_CODE)
    return stopping ? { type: 'exit', code: 0 } : { type: 'restart' };
  if (!isDeath(last)) return { type: 'exit', code: last.code ?? 1 };
  const death = deathOf(last);
  if (stopping) return { type: 'exit', code: 0 };
  if (!exits.some((exit) => exit.wasReady)) {
    return { type: 'exit', code: 1, reason: `the daemon died of ${death} before it was ready` };
  }
  const recent = exits.filter((exit) => isDeath(exit) && last.atMs - exit.atMs <= PERIOD_MS);
  if (recent.length > DEATHS_MAX) {
    return {
      type: 'exit',
      code: 1,
      reason: `the daemon died ${recent.length} times within a minute, last of ${death}`,
    };
  }
  return { type: 'restart', death };
}

function deathOf({ signal, stalled }: DaemonExit): string {
  return stalled ? 'a stall of its main thread' : (signal ?? 'a bug of its own');
}

function isDeath({ signal, code }: DaemonExit): boolean {
  return signal !== null || code === CRASH_EXIT_CODE;
}
