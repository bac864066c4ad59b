import { askDaemon, dataFolder, type ActorDetail } from '../../src/daemon/index.js';
import { Cluster } from '../e2e/cluster.js';
import { pause } from './leader-kills.js';
import { diskMb, openFiles, residentMb } from './process-figures.js';
import { alone, type Row } from './report.js';
import { steadyLoad } from './steady-load.js';
import { beyondZero, trendOf } from './trend.js';

const MINUTES = 30;
const MINUTE_MS = 60_000;
/** What is seen before is not judged: code is compiled, heaps and caches find their size. */
const WARM_UP_SHARE = 1 / 3;
const SAMPLES = 180;
/** As many as a long-lived cluster would see in days; in a short run fewer, so that it is still load that is measured. */
const KILLS = 90;
const KILLS_PER_MINUTE_MAX = 9;

/** In turn: each kind of actor. */
const TARGETS = [
  'store-leader',
  'api-server',
  'kubelet-node-1',
  'store-follower',
  'scheduler',
  'gateway',
  'controller-manager',
  'kube-proxy-node-2',
];

export interface SoakSample {
  readonly atMs: number;
  readonly rssMb: number;
  readonly openFiles: number;
  readonly diskMb: number;
  /** Of the actor that was worst, over the last minute or two. */
  readonly loopDelayP99Ms: number;
  /** By component, of an average actor. */
  readonly heapMb: ReadonlyMap<string, number>;
}

export interface SoakReport {
  readonly samples: readonly SoakSample[];
  readonly kills: number;
  readonly acknowledged: number;
  readonly failed: number;
  readonly lists: number;
  readonly watchedBytes: number;
  readonly seconds: number;
}

/** `npm run bench -- soak [--minutes N]`: does anything grow, under steady load and kills? */
export async function run(minutes = MINUTES): Promise<readonly Row[]> {
  return rowsOf(await soak(minutes, (line) => process.stderr.write(`${line}\n`)));
}

/** A daemon of its own under load for so long. `say` is told each minute how it goes. */
export async function soak(
  minutes: number,
  say: (line: string) => void = () => undefined,
): Promise<SoakReport> {
  const cluster = new Cluster();
  try {
    await cluster.start();
    const load = await steadyLoad(cluster, { writesPerSecond: 20, objects: 200 });
    const folder = dataFolder(cluster.folder);
    const beganMs = performance.now();
    const endMs = beganMs + minutes * MINUTE_MS;
    const sampleMs = Math.max(1000, (minutes * MINUTE_MS) / SAMPLES);
    const killMs = Math.max(MINUTE_MS / KILLS_PER_MINUTE_MAX, (minutes * MINUTE_MS) / KILLS);
    const samples: SoakSample[] = [];
    let kills = 0;
    let [sampleDueMs, killDueMs] = [beganMs + sampleMs, beganMs + killMs];
    let sayDueMs = beganMs + MINUTE_MS;
    for (let now = beganMs; now < endMs; now = performance.now()) {
      if (now >= killDueMs) {
        const target = TARGETS[kills % TARGETS.length] ?? '';
        const killed = await askDaemon(folder, { verb: 'kill', target, holdMs: 0 }).catch(
          () => undefined,
        );
        if (killed !== undefined) kills++;
        killDueMs += killMs;
      }
      if (now >= sampleDueMs) {
        const sample = await look(cluster, now - beganMs);
        samples.push(sample);
        sampleDueMs += sampleMs;
        if (now >= sayDueMs) {
          const passed = `${Math.floor((now - beganMs) / MINUTE_MS)} of ${minutes} min`;
          const done = `${load.acknowledged} writes, ${kills} kills`;
          say(`${passed}: ${Math.round(sample.rssMb)} MB, ${sample.openFiles} files, ${done}`);
          sayDueMs += MINUTE_MS;
        }
      }
      await pause(Math.max(0, Math.min(killDueMs, sampleDueMs, endMs) - performance.now()));
    }
    const { acknowledged, failed, lists, watchedBytes } = load;
    load.stop();
    const seconds = (performance.now() - beganMs) / 1000;
    return { samples, kills, acknowledged, failed, lists, watchedBytes, seconds };
  } finally {
    await cluster.remove();
  }
}

async function look(cluster: Cluster, atMs: number): Promise<SoakSample> {
  const folder = dataFolder(cluster.folder);
  const [{ pid }, actors] = await Promise.all([
    askDaemon(folder, { verb: 'status' }),
    askDaemon(folder, { verb: 'figures' }),
  ]);
  return {
    atMs,
    rssMb: residentMb(pid),
    openFiles: openFiles(pid),
    diskMb: diskMb(cluster.folder),
    loopDelayP99Ms: Math.max(0, ...actors.map(({ loopDelayP99Ms }) => loopDelayP99Ms ?? 0)),
    heapMb: heapByComponent(actors),
  };
}

function heapByComponent(actors: readonly ActorDetail[]): Map<string, number> {
  const components = new Set(actors.map(({ component }) => component));
  return new Map(
    [...components].map((name) => {
      const own = actors.filter(({ component }) => component === name);
      const bytes = own.reduce((sum, { heapUsedBytes }) => sum + heapUsedBytes, 0);
      return [name, bytes / own.length / 2 ** 20];
    }),
  );
}

/** What grew, per hour, and whether that can be told from zero. */
export function rowsOf(report: SoakReport): Row[] {
  const { samples, kills, acknowledged, failed, lists, watchedBytes, seconds } = report;
  const warm = samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
  const trend = (what: string, unit: string, value: (sample: SoakSample) => number): Row[] => {
    const found = trendOf(warm.map((sample) => ({ x: sample.atMs / 3_600_000, y: value(sample) })));
    return [
      alone(`${what}, mean after the warm-up`, unit, found.mean),
      alone(`${what}, slope`, `${unit}/h`, found.slope),
      alone(`${what}, standard error of the slope`, `${unit}/h`, found.standardError),
      alone(
        `${what}, slope beyond zero (0: not to be told from it)`,
        `${unit}/h`,
        beyondZero(found),
      ),
    ];
  };
  return [
    alone('length', 's', seconds),
    alone('actors killed', 'kills', kills),
    alone('acknowledged writes', '/s', acknowledged / seconds),
    alone('writes that failed, as at a kill', 'writes', failed),
    alone('lists', '/s', lists / seconds),
    alone('watched', 'MB', watchedBytes / 2 ** 20),
    ...trend('resident memory', 'MB', ({ rssMb }) => rssMb),
    ...trend('open files', 'files', (sample) => sample.openFiles),
    ...trend('data folder', 'MB', (sample) => sample.diskMb),
    ...trend('loop delay p99 of the worst actor', 'ms', ({ loopDelayP99Ms }) => loopDelayP99Ms),
    ...[...(samples[0]?.heapMb.keys() ?? [])].flatMap((component) =>
      trend(`heap of ${component}`, 'MB', ({ heapMb }) => heapMb.get(component) ?? 0),
    ),
  ];
}
