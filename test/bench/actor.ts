import { actorId } from '../../src/base/index.js';
import type { ChildSpec } from '../../src/actor/index.js';
import type { ThreadActorSystem } from '../../src/io/thread/index.js';
import { benchChild, carryOut, openBenchSystem } from './bench-system.js';
import { erlangFigures, type ErlangFigures } from './erlang.js';
import { pause } from './leader-kills.js';
import { ACKNOWLEDGE_EVERY, openRawPair } from './raw-port.js';
import { type BenchPrograms, benchPrograms } from './programs.js';
import { alone, beside, percentile, type Row } from './report.js';
import { comlinkCallUs, piscinaTaskUs } from './rpc-peers.js';

const ASKS = 20_000;
/** A multiple of what the raw peer acknowledges at once. */
const TELLS = 200 * ACKNOWLEDGE_EVERY;
const FLOOD = 10_000_000;
/** The best of so many rounds, ours and the raw peer's in turn: what the machine does beside only makes them slower. */
const ROUNDS = 5;
const IDLE_ACTORS = 32;
const SPARES = 8;
const SETTLE_MS = 3000;
const SAMPLE_MS = 50;

/** The actor runtime beside bare ports, comlink, piscina and Erlang. `times` is how often an actor is crashed. */
export async function run(times = 100): Promise<readonly Row[]> {
  const programs = await benchPrograms();
  const erlang = erlangFigures();
  return [
    ...(await messageRows(programs, erlang)),
    ...(await restartRows(programs, times, erlang, 0)),
    ...(await restartRows(programs, times, erlang, 1)),
    ...(await memoryRows(programs, erlang)),
  ];
}

const callerAndEcho = (echo: Partial<ChildSpec> = {}): ChildSpec[] => [
  benchChild('echo', 'bench-echo', echo),
  benchChild('caller', 'bench-caller', { links: [actorId('echo')] }),
];

async function messageRows(
  programs: BenchPrograms,
  erlang: ErlangFigures | undefined,
): Promise<Row[]> {
  const system = await openBenchSystem(programs, callerAndEcho());
  const raw = openRawPair();
  const [askUs, rawAskUs, tellUs, rawTellUs]: number[][] = [[], [], [], []];
  for (let round = 0; round <= ROUNDS; round++) {
    // The first round warms both up.
    const kept = round > 0;
    const asks = { type: 'asks', count: ASKS } as const;
    const tells = { type: 'tells', count: TELLS } as const;
    const us = [
      ((await carryOut(system, asks)) * 1000) / ASKS,
      ((await raw.run(asks)).tookMs * 1000) / ASKS,
      ((await carryOut(system, tells)) * 1000) / TELLS,
      ((await raw.run(tells)).tookMs * 1000) / TELLS,
    ];
    if (kept) [askUs, rawAskUs, tellUs, rawTellUs].forEach((list, i) => list?.push(us[i] ?? 0));
  }
  await raw.close();
  const best = (list: readonly number[] = []): number => Math.min(...list);
  const ask = ['ask round trip', 'us', best(askUs), 'less'] as const;
  const tell = ['tells of 200 B', '/s', 1e6 / best(tellUs), 'more'] as const;
  const rows = [
    beside(...ask, 'raw postMessage', best(rawAskUs)),
    beside(...ask, 'comlink', await comlinkCallUs(ASKS)),
    beside(...ask, 'piscina', await piscinaTaskUs(ASKS)),
    beside(...ask, 'Erlang', erlang?.callUs),
    beside(...tell, 'raw postMessage', 1e6 / best(rawTellUs)),
    beside(...tell, 'Erlang', erlang?.tellsPerSecond),
  ];
  const flood = await withPeakRss(() => carryOut(system, { type: 'tells', count: FLOOD }));
  await system.stop();
  return [
    ...rows,
    alone(`flood of ${FLOOD / 1e6} million tells of 200 B`, '/s', FLOOD / (flood.value / 1000)),
    alone('the same, growth of resident memory at its peak', 'MB', flood.peakGrowthMb),
  ];
}

async function restartRows(
  programs: BenchPrograms,
  times: number,
  erlang: ErlangFigures | undefined,
  warmSpares: number,
): Promise<Row[]> {
  const system = await openBenchSystem(programs, callerAndEcho({ warmSpares }));
  const tookMs: number[] = [];
  for (let i = 0; i < times; i++) {
    await sparesWarm(system, warmSpares);
    tookMs.push(await carryOut(system, { type: 'crash' }));
  }
  await system.stop();
  const how = warmSpares === 0 ? 'no spare' : 'with a spare';
  const metric = `crash to restarted and answering, ${how}`;
  const erlangMs = erlang === undefined ? undefined : erlang.restartUs / 1000;
  return [
    beside(`${metric}, p50 of ${times}`, 'ms', percentile(tookMs, 0.5), 'less', 'Erlang', erlangMs),
    alone(`${metric}, p99`, 'ms', percentile(tookMs, 0.99)),
  ];
}

function sparesWarm(system: ThreadActorSystem, count: number): Promise<void> {
  const warm = (): number => system.spares().reduce((sum, each) => sum + each.warm, 0);
  if (warm() >= count) return Promise.resolve();
  return new Promise((resolve) => {
    const off = system.onEvent(() => {
      if (warm() < count) return;
      off();
      resolve();
    });
  });
}

async function memoryRows(
  programs: BenchPrograms,
  erlang: ErlangFigures | undefined,
): Promise<Row[]> {
  const idle = (count: number): ChildSpec[] =>
    Array.from({ length: count }, (_, i) => benchChild(`echo-${i}`, 'bench-echo'));
  const few = await residentMbOf(programs, idle(1));
  const many = await residentMbOf(programs, idle(1 + IDLE_ACTORS));
  const spared = benchChild('echo-0', 'bench-echo', { warmSpares: SPARES });
  const perSpare = ((await residentMbOf(programs, [spared], SPARES)) - few) / SPARES;
  const erlangMb = erlang === undefined ? undefined : erlang.processBytes / 2 ** 20;
  const perActor = (many - few) / IDLE_ACTORS;
  return [
    beside('resident memory of an idle actor', 'MB', perActor, 'less', 'Erlang', erlangMb),
    alone('resident memory of a spare', 'MB', perSpare),
  ];
}

async function residentMbOf(
  programs: BenchPrograms,
  children: readonly ChildSpec[],
  spares = 0,
): Promise<number> {
  const beforeMb = residentMb();
  const system = await openBenchSystem(programs, children);
  await sparesWarm(system, spares);
  await pause(SETTLE_MS);
  const growthMb = residentMb() - beforeMb;
  await system.stop();
  return growthMb;
}

async function withPeakRss<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly peakGrowthMb: number }> {
  const beforeMb = residentMb();
  let peakMb = beforeMb;
  const timer = setInterval(() => {
    peakMb = Math.max(peakMb, residentMb());
  }, SAMPLE_MS);
  try {
    return { value: await work(), peakGrowthMb: peakMb - beforeMb };
  } finally {
    clearInterval(timer);
  }
}

function residentMb(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}
