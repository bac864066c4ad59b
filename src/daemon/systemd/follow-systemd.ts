import type { ClusterStatus } from '../control/index.js';
import { liveLine } from '../live-line.js';
import type { Notifier } from './notify.js';
import { raftProgresses } from './raft-progress.js';

/** So often within the time that systemd waits, so that one slow look is no stall. */
const LOOKS_PER_WATCHDOG = 4;
const STATUS_MS = 10_000;
/** A look that takes longer is as good as none. */
const LOOK_MS_MAX = 5000;

/** What systemd hears of a daemon. */
export interface SystemdFace {
  ready(): void;
  /** Its settings are read anew. `reloaded` follows, whatever came of it. */
  reloading(): void;
  reloaded(): void;
  /** Resolves when systemd knows. */
  stopping(): Promise<void>;
}

/**
 * Tells systemd how a daemon is. WATCHDOG is sent only while this loop turns and a quorum of the store works: a daemon whose
 * supervisor hangs or whose Raft stalls is started again.
 */
export function followSystemd(
  notifier: Notifier,
  status: () => Promise<ClusterStatus>,
): SystemdFace {
  let before: ClusterStatus['store'] | undefined;
  let told = '';
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    const found = await within(status(), LOOK_MS_MAX);
    looking = false;
    if (found === undefined || timer === undefined) return;
    const lines: string[] = [];
    if (notifier.watchdogMs !== undefined && raftProgresses(before, found.store))
      lines.push('WATCHDOG=1');
    before = found.store;
    const line = liveLine(found);
    if (line !== told) lines.push(`STATUS=${line}`);
    told = line;
    if (lines.length > 0) notifier.tell(...lines);
  };
  let timer: NodeJS.Timeout | undefined;
  const watch = (): void => {
    const everyMs = Math.min(STATUS_MS, (notifier.watchdogMs ?? Infinity) / LOOKS_PER_WATCHDOG);
    timer ??= setInterval(() => void look(), everyMs);
    timer.unref();
  };
  let isReady = false;
  let isStopping = false;
  return {
    ready() {
      isReady = true;
      notifier.tell('READY=1');
      watch();
      void look();
    },
    reloading() {
      if (!isReady) return;
      // systemd compares it with its own clock: CLOCK_MONOTONIC, which is hrtime's.
      notifier.tell('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
    },
    reloaded() {
      if (isReady) notifier.tell('READY=1');
    },
    stopping() {
      clearInterval(timer);
      timer = undefined;
      if (!isStopping) notifier.tell('STOPPING=1', 'STATUS=stopping');
      isStopping = true;
      return notifier.flush();
    },
  };
}

function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    promise.then(resolve, () => resolve(undefined)).finally(() => clearTimeout(timer));
  });
}
