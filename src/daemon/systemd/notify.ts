import { execFile } from 'node:child_process';
import type { Log } from '../../base/index.js';
import { errorCode } from '../failure.js';

/** Messages that wait for the one before them; a ping or a status that finds as many is dropped: a newer one follows. */
const WAITING_MAX = 8;
const TIMEOUT_MS = 10_000;

/** What a service says of itself: sd_notify(3). */
export interface Notifier {
  /** Within this time systemd wants a WATCHDOG; undefined: it wants none. */
  readonly watchdogMs: number | undefined;
  /** One message. Messages arrive in order. */
  tell(...lines: readonly string[]): void;
  /** Resolves when all that was told has been handed over. */
  flush(): Promise<void>;
}

/** Undefined where nobody listens: this process is no service. */
export function notifierOf(environment: NodeJS.ProcessEnv, log: Log): Notifier | undefined {
  if ((environment['NOTIFY_SOCKET'] ?? '') === '') return undefined;
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  return {
    watchdogMs: watchdogMs(environment, process.pid),
    tell(...lines) {
      const mayBeDropped = lines.every((line) => /^(WATCHDOG|STATUS)=/.test(line));
      if (mayBeDropped && waiting >= WAITING_MAX) return;
      waiting++;
      last = last
        .then(() => send(lines, environment, log))
        .finally(() => {
          waiting--;
        });
    },
    flush: () => last,
  };
}

/** sd_watchdog_enabled(3). */
export function watchdogMs(environment: NodeJS.ProcessEnv, pid: number): number | undefined {
  const { WATCHDOG_USEC: microseconds, WATCHDOG_PID: wanted } = environment;
  const ms = Number(microseconds) / 1000;
  const meant = wanted === undefined || Number(wanted) === pid;
  return meant && Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

/** Node has no datagram sockets in the file system: docs/decisions/0016. */
function send(lines: readonly string[], env: NodeJS.ProcessEnv, log: Log): Promise<void> {
  return new Promise((resolve) => {
    execFile('systemd-notify', lines, { env, timeout: TIMEOUT_MS }, (error) => {
      if (error !== null)
        log.error('systemd was not told', {
          told: lines,
          code: errorCode(error) ?? null,
          reason: error.message,
        });
      resolve();
    });
  });
}
