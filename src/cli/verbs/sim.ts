import { OperatingError } from '../../daemon/index.js';
import { CpuPool } from '../../io/pool/index.js';
import { FaultSummary } from '../../sim/index.js';
import type { SimulationResult } from '../../sim/index.js';
import { parseDuration, print } from '../output.js';
import { SIM_WORKER } from '../places.js';
import { runSeed } from '../sim-seed.js';

export interface SimOptions {
  readonly seed?: string;
  readonly seeds?: string;
  /** After so long no further seed is begun. */
  readonly for?: string;
  readonly json: boolean;
}

/** Seeds that wait for a thread, at most: enough that none is ever idle. */
const QUEUE_MAX = 2;

/** A seed takes about two seconds, and far longer where others come first. One that takes this long is in an endless loop. */
const SEED_MS_MAX = 1_200_000;
const SEED_HEAP_MB_MAX = 1024;
const PROGRESS_SEEDS = 100;
const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * `kubactor sim run`: exit 0 where every seed held and, of 100 seeds or more, no kind of fault hardly occurred. A failed one
 * prints the command that replays it.
 */
export async function simRun(options: SimOptions): Promise<number> {
  const seeds = seedRange(options);
  if (seeds.first === seeds.last) {
    const result = await runSeed(seeds.first);
    show(result, options.json);
    return result.ok ? 0 : 1;
  }
  return runMany(seeds, options);
}

/**
 * Spreads the seeds over a pool with a thread for each core, never more than a few ahead. SIGINT and SIGTERM wait for those
 * that are under way, and all that were played are told; they may come twice, from a terminal and from who runs this.
 */
async function runMany(
  { first, last }: { readonly first: number; readonly last: number },
  options: SimOptions,
): Promise<number> {
  const { json } = options;
  const forMs = options.for === undefined ? Infinity : parseDuration(options.for);
  if (forMs === undefined)
    throw new OperatingError(`sim run: ${options.for ?? ''} is no duration, such as 90s or 5m`, 2);
  const pool = new CpuPool<number, SimulationResult>({
    program: SIM_WORKER,
    queueMax: QUEUE_MAX,
    heapMbMax: SEED_HEAP_MB_MAX,
  });
  const began = performance.now();
  let over: string | undefined;
  const stop = (): void => {
    over = 'it was stopped';
  };
  for (const signal of STOP_SIGNALS) process.on(signal, stop);
  const mayBegin = (): boolean => {
    if (performance.now() - began >= forMs) over ??= 'the time was over';
    return over === undefined;
  };
  const faults = new FaultSummary();
  const total = last - first + 1;
  const least = { operations: Infinity, virtualMs: Infinity };
  let [done, failures, virtualMs, next] = [0, 0, 0, first];
  const feed = async (): Promise<void> => {
    while (next <= last && mayBegin()) {
      const seed = next++;
      const run = await pool.run(seed, { timeoutMs: SEED_MS_MAX });
      done++;
      if (run.ok) {
        virtualMs += run.value.virtualMs;
        faults.add(run.value.faults);
        least.operations = Math.min(least.operations, run.value.operations.tried);
        least.virtualMs = Math.min(least.virtualMs, run.value.virtualMs);
      }
      const held = run.ok && run.value.ok;
      if (!held) failures++;
      if (!run.ok) showUnfinished(seed, `${run.error.code}: ${run.error.message}`, json);
      else if (json || !held) show(run.value, json);
      showProgress(done, total, failures);
    }
  };
  await Promise.all(Array.from({ length: pool.threads + QUEUE_MAX }, feed));
  await pool.close();
  for (const signal of STOP_SIGNALS) process.off(signal, stop);
  const seconds = (performance.now() - began) / 1000;
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
  if (!json) {
    print(
      `${done - failures} of ${done} seeds held (${Math.round(virtualMs / 1000)} s of virtual time in ${seconds.toFixed(1)} s)`,
    );
    if (done < total) print(`  ${total - done} were not begun: ${over ?? ''}`);
    if (failures < done)
      print(
        `  each of at least ${least.operations} operations in ${(least.virtualMs / 1000).toFixed(1)} s of virtual time`,
      );
  }
  showFaults(faults, done, json);
  return failures === 0 && faults.rare().length === 0 ? 0 : 1;
}

/** A line that counts up; where nobody watches, a line now and then. */
function showProgress(done: number, total: number, failures: number): void {
  const text = `${done} of ${total} seeds, ${failures} failed`;
  if (process.stderr.isTTY) process.stderr.write(`\r${text} `);
  else if (done % PROGRESS_SEEDS === 0) process.stderr.write(`${text}\n`);
}

function showFaults(faults: FaultSummary, seeds: number, json: boolean): void {
  const rare = faults.rare();
  if (json) {
    print(JSON.stringify({ faults: faults.shares(), rare }));
    return;
  }
  for (const { kind, seeds: struck, times } of faults.shares())
    print(
      `  ${kind.padEnd(28)} in ${String(struck).padStart(5)} of ${seeds} seeds, ${times} times`,
    );
  if (rare.length > 0) print(`in fewer than 5 % of the seeds: ${rare.join(', ')}`);
}

function seedRange({ seed, seeds }: SimOptions): { first: number; last: number } {
  const [, from, to] = /^(\d+)(?:\.\.(\d+))?$/.exec(seeds ?? seed ?? '') ?? [];
  const [first, last] = [Number(from), Number(to ?? from)];
  const valid =
    Number.isSafeInteger(first) &&
    Number.isSafeInteger(last) &&
    first <= last &&
    (seed === undefined) !== (seeds === undefined);
  if (!valid) throw new OperatingError('sim run: expected --seed N or --seeds A..B', 2);
  return { first, last };
}

/** A seed that took its thread along, or never ended. */
function showUnfinished(seed: number, failure: string, json: boolean): void {
  if (json) print(JSON.stringify({ seed, ok: false, failure }));
  else print(`seed ${seed}: FAILED: ${failure}\n  replay: kubactor sim run --seed ${seed}`);
}

function show(result: SimulationResult, json: boolean): void {
  if (json) {
    print(JSON.stringify(result));
    return;
  }
  const { seed, ok, failure, events, traceHash, operations, leaders } = result;
  const virtualSeconds = (result.virtualMs / 1000).toFixed(1);
  print(`seed ${seed}: ${ok ? 'held' : `FAILED: ${failure ?? ''}`}`);
  print(
    `  ${events} events in ${virtualSeconds} s of virtual time, ${leaders} leaders, ${operations.answered} of ${operations.tried} operations answered`,
  );
  print(
    `  faults: ${Object.entries(result.faults)
      .map(([name, count]) => `${name} ${String(count)}`)
      .join(', ')}`,
  );
  print(`  trace ${traceHash}`);
  if (!ok) print(`  replay: kubactor sim run --seed ${seed}`);
}
