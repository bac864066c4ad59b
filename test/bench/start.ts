import { Cluster, eventually } from '../e2e/cluster.js';
import { cpuTicks, parentOf, residentMb } from './process-figures.js';
import { alone, percentile, type Row } from './report.js';

const IDLE_MS = 30_000;
/** In its first minutes without work V8 shrinks the heaps of all threads and compiles what runs most, which is about as much again. */
const SETTLE_MS = 35_000;
const SETTLED_MS = 180_000;

/** Time to ready, time to three Ready nodes, memory, and what an idle cluster costs. */
export async function run(times = 5): Promise<readonly Row[]> {
  const first: Start[] = [];
  const again: Start[] = [];
  let idle: readonly Idle[] = [];
  for (let round = 0; round < times; round++) {
    const cluster = new Cluster();
    try {
      first.push(await timedStart(cluster));
      await cluster.end('SIGTERM');
      again.push(await timedStart(cluster));
      if (round === times - 1)
        idle = [await measureIdle(cluster, SETTLE_MS), await measureIdle(cluster, SETTLED_MS)];
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
    alone(
      'resident memory of the daemon, with three Ready nodes, median',
      'MB',
      median(again, 'nodesMb'),
    ),
    ...idle.flatMap(({ sinceMs, daemonMb, heartMb, cpuPercent }) => {
      const since = `idle for ${Math.round(sinceMs / 1000)} s`;
      return [
        alone(`resident memory of the daemon, ${since}`, 'MB', daemonMb),
        alone(`resident memory of its heart, ${since}`, 'MB', heartMb),
        alone(`processor time, ${since}`, '% of a core', cpuPercent),
      ];
    }),
  ];
}

interface Start {
  readonly readyMs: number;
  readonly nodesMs: number;
  readonly nodesMb: number;
}

async function timedStart(cluster: Cluster): Promise<Start> {
  const began = performance.now();
  await cluster.start();
  const readyMs = performance.now() - began;
  await eventually('three Ready nodes', async () => {
    const { stdout } = await cluster.kubectl('get', 'nodes', '--no-headers');
    return stdout.match(/ Ready /g)?.length === 3;
  });
  const nodesMs = performance.now() - began;
  return { readyMs, nodesMs, nodesMb: residentMb((await cluster.status()).pid) };
}

interface Idle {
  /** After the last work, when the measuring began. */
  readonly sinceMs: number;
  readonly daemonMb: number;
  readonly heartMb: number;
  readonly cpuPercent: number;
}

async function measureIdle(cluster: Cluster, settleMs: number): Promise<Idle> {
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const { pid } = await cluster.status();
  const before = cpuTicks(pid);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const cpuPercent = ((cpuTicks(pid) - before) * 10 * 100) / IDLE_MS;
  return {
    sinceMs: settleMs,
    daemonMb: residentMb(pid),
    heartMb: residentMb(parentOf(pid)),
    cpuPercent,
  };
}
