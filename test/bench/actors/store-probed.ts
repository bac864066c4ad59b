import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import type { Behaviour } from '../../../src/actor/index.js';
import { ok } from '../../../src/base/index.js';
import { nodeDisk } from '../../../src/io/disk/index.js';
import { blockThread, inSync, peerActivity, runActor } from '../../../src/io/thread/index.js';
import { storeReplica } from '../../../src/store/index.js';
import { TimedDisk, type DiskTime } from '../timed-disk.js';

/** What a thread saw since its window began. */
export interface ProbeWindow {
  /** The longest turn of its event loop. */
  readonly stallMs: number;
  /** The longest that a collection of garbage held it up. */
  readonly gcMs: number;
  /** How long it was ready and had no processor, altogether: other work on the machine. */
  readonly waitedMs: number;
  readonly disk: DiskTime;
}

const RESOLUTION_MS = 5;
const disk = new TimedDisk(nodeDisk(inSync));
const replica = storeReplica({
  disk,
  block: blockThread,
  activityOf: peerActivity,
});

/** A replica that also reports its stalls; `inject` of `probe` begins a window. */
runActor((context, config: Parameters<typeof replica>[1]) => {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let [gcMs, waitedFromMs] = [0, waitedMs()];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) gcMs = Math.max(gcMs, duration);
  }).observe({ entryTypes: ['gc'] });
  const behaviour: Behaviour<never> = replica(context, config) as never;
  return {
    ...behaviour,
    inject: (fault) => {
      if (fault.type !== 'probe') return behaviour.inject?.(fault) ?? ok(undefined);
      delay.reset();
      disk.reset();
      [gcMs, waitedFromMs] = [0, waitedMs()];
      return ok(undefined);
    },
    report: () => ({
      ...behaviour.report?.(),
      probe: {
        stallMs: delay.max / 1e6,
        gcMs,
        waitedMs: waitedMs() - waitedFromMs,
        disk: disk.time,
      } satisfies ProbeWindow,
    }),
  };
});

/** Linux counts it for each thread; elsewhere it is not known. */
function waitedMs(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return NaN;
  }
}
