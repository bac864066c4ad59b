import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LargeStore } from './large-store.js';
import { benchPrograms } from './programs.js';
import { pause } from './leader-kills.js';
import { alone, said, type Row } from './report.js';
import { REPLICAS } from './store-system.js';

const KEYS = 1_000_000;
/** A ConfigMap's status or a lease; and a state of a GB. */
const VALUE_BYTES = [32, 1000];
const QUIET_MS = 5000;
const MIB = 2 ** 20;
/** The figures of each phase are of a state that stands, not of what the phase before has left to do. */
const SETTLE_MS = 1000;

/**
 * A million keys, with small values and with a GB of them: what they weigh, and whether anybody waits while the state is
 * written, sent, read, compacted or hashed. `--keys N` and `--value-bytes N` choose another state.
 */
export async function run(): Promise<readonly Row[]> {
  const keys = option('--keys') ?? KEYS;
  const chosen = option('--value-bytes');
  const rows: Row[] = [];
  for (const valueBytes of chosen === undefined ? VALUE_BYTES : [chosen])
    rows.push(...(await runOne(keys, valueBytes)));
  return rows;
}

function option(name: string): number | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : Number(process.argv[at + 1]);
}

async function runOne(keys: number, valueBytes: number): Promise<Row[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-bench-'));
  const store = new LargeStore(await benchPrograms(), folder, keys, valueBytes);
  try {
    await store.ready();
    const rows: Row[] = [];
    for (const phase of [fill, rest, compactHalf, hash, takeSnapshots, restart, fillEmpty]) {
      rows.push(...said(...(await phase(store))));
      await pause(SETTLE_MS);
    }
    const state = `${keys} keys of ${valueBytes} B: `;
    return rows.map((row) => ({ ...row, metric: state + row.metric }));
  } finally {
    await store.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function fill(store: LargeStore): Promise<Row[]> {
  const before = process.memoryUsage.rss();
  const beganMs = performance.now();
  let saidMs = beganMs;
  for (;;) {
    const { filled, filledKeys } = await store.writer();
    if (filled) break;
    if (performance.now() - saidMs > 5000) {
      saidMs = performance.now();
      progress(`${filledKeys} keys`);
    }
    await pause(50);
  }
  const seconds = (performance.now() - beganMs) / 1000;
  const grown = process.memoryUsage.rss() - before;
  const overhead = grown / store.keys / REPLICAS.length - store.valueBytes;
  return [
    alone('filled in txns of 128', 'keys/s', store.keys / seconds),
    alone('the process for all three replicas', 'MB', grown / MIB),
    alone('for each key in each replica, its value taken off', 'bytes', overhead),
  ];
}

async function rest(store: LargeStore): Promise<Row[]> {
  await store.beginWindow();
  await pause(QUIET_MS);
  return store.endWindow('nothing else going on');
}

async function compactHalf(store: LargeStore): Promise<Row[]> {
  await store.beginWindow();
  await store.order('rewrite');
  await store.idle();
  const rewritten = await store.endWindow('while half of the keys are put again');
  await store.beginWindow();
  const beganMs = performance.now();
  await store.order('compact');
  await store.idle();
  await store.swept();
  return [
    ...rewritten,
    alone('compaction of half as many versions', 'ms', performance.now() - beganMs),
    ...(await store.endWindow('meanwhile')),
  ];
}

async function hash(store: LargeStore): Promise<Row[]> {
  await store.beginWindow();
  const beganMs = performance.now();
  await store.order('hash');
  await store.idle();
  return [
    alone('each replica hashes its keys', 'ms', performance.now() - beganMs),
    ...(await store.endWindow('meanwhile')),
  ];
}

/** Each replica takes one of its own, which is due when overwrites have made a quarter of the state's weight in log. */
async function takeSnapshots(store: LargeStore): Promise<Row[]> {
  while (store.anyWrites()) await pause(20);
  const newest = store.newest();
  await store.beginWindow();
  await store.order('overwrite');
  while (!store.anyWrites()) await pause(5);
  const overwritten = await store.endWindow('while keys are overwritten at full speed');
  await store.beginWindow();
  const beganMs = performance.now();
  while (store.newest().some((name, at) => name === newest[at])) await pause(5);
  const tookMs = performance.now() - beganMs;
  const meanwhile = await store.endWindow('with that, meanwhile');
  await store.order('rest');
  await store.idle();
  return [
    ...overwritten,
    alone('each replica takes a snapshot, from the first to the last', 'ms', tookMs),
    ...meanwhile,
  ];
}

async function restart(store: LargeStore): Promise<Row[]> {
  while (store.anyWrites()) await pause(20);
  const follower = await store.follower();
  await store.beginWindow();
  const beganMs = performance.now();
  await store.system.kill(follower);
  await store.runs(follower);
  const readyMs = performance.now() - beganMs;
  await store.caughtUp(follower);
  return [
    alone('a follower killed, until it is ready', 'ms', readyMs),
    alone('… until it has caught up', 'ms', performance.now() - beganMs),
    ...(await store.endWindow('meanwhile')),
  ];
}

async function fillEmpty(store: LargeStore): Promise<Row[]> {
  const follower = await store.loseDisk();
  await pause(QUIET_MS);
  await store.beginWindow();
  const beganMs = performance.now();
  store.system.release(follower);
  await store.caughtUp(follower);
  return [
    alone('an empty follower, until it has caught up', 'ms', performance.now() - beganMs),
    ...(await store.endWindow('meanwhile')),
  ];
}
