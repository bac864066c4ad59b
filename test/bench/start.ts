import { Cluster, eventually } from '../e2e/cluster.js';
import { cpuTicks, parentOf, residentMb } from './process-figures.js';
import { alone, percentile, type Row } from './report.js';

const IDLE_MS = 30_000;
/** In its first half minute without work V8 shrinks the heaps of all threads, which takes about twice the idle load. */
const SETTLE_MS = 35_000;

/** Time to ready, time to three Ready nodes, memory, and what an idle cluster costs. */
export async function run(times = 5): Promise<readonly Row[]> {
  const first: Start[] = [];
  const again: Start[] = [];
  let idle: Idle | undefined;
  for (let round = 0; round < times; round++) {
    const cluster = new Cluster();
    try {
      first.push(await timedStart(cluster));
      await cluster.end('SIGTERM');
      again.push(await timedStart(cluster));
      if (round === times - 1) idle = await measureIdle(cluster);
    } finally {
      await cluster.remove();
    }
  }
  const median = (starts: Start[], key: keyof Start): number =>
    percentile(
      starts.map((start) => start[key]),
      0.5,
    );
  return [
    alone('first start, process to ready line, median', 'ms', median(first, 'readyMs')),
    alone('start on existing data, to ready line, median', 'ms', median(again, 'readyMs')),
    alone(
      'start on existing data, to ready line, worst',
      'ms',
      percentile(
        again.map((start) => start.readyMs),
        1,
      ),
    ),
    alone('first start, to three Ready nodes in kubectl, median', 'ms', median(first, 'nodesMs')),
    alone(
      'start on existing data, to three Ready nodes in kubectl, median',
      'ms',
      median(again, 'nodesMs'),
    ),
    ...(idle === undefined
      ? []
      : [
          alone('resident memory of the daemon, idle', 'MB', idle.daemonMb),
          alone('resident memory of its heart, idle', 'MB', idle.heartMb),
          alone('processor time, idle', '% of a core', idle.cpuPercent),
        ]),
  ];
}

interface Start {
  readonly readyMs: number;
  readonly nodesMs: number;
}

async function timedStart(cluster: Cluster): Promise<Start> {
  const began = performance.now();
  await cluster.start();
  const readyMs = performance.now() - began;
  await eventually('three Ready nodes', async () => {
    const { stdout } = await cluster.kubectl('get', 'nodes', '--no-headers');
    return stdout.match(/ Ready /g)?.length === 3;
  });
  return { readyMs, nodesMs: performance.now() - began };
}

interface Idle {
  readonly daemonMb: number;
  readonly heartMb: number;
  readonly cpuPercent: number;
}

async function measureIdle(cluster: Cluster): Promise<Idle> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const { pid } = await cluster.status();
  const before = cpuTicks(pid);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const cpuPercent = ((cpuTicks(pid) - before) * 10 * 100) / IDLE_MS;
  return { daemonMb: residentMb(pid), heartMb: residentMb(parentOf(pid)), cpuPercent };
}
