import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { ThreadActorSystem } from '../../src/io/thread/index.js';
import type { ReplicaStatus } from '../../src/protocol/index.js';
import type { StoreLargeOrder, StoreLargeWriterReport } from './actors/store-large-writer.js';
import type { ProbeWindow } from './actors/store-probed.js';
import { pause } from './leader-kills.js';
import type { BenchPrograms } from './programs.js';
import { alone, type Row } from './report.js';
import { appliedIndexes, leaderOf, REPLICAS, startStore } from './store-system.js';

const REPORT_MS_MAX = 60_000;
/** Two states of a GB for a while: a replica that is restored keeps the old one until it has the new one. */
const MEMORY_MB_MAX = 4096;
const QUOTA_BYTES = 8 * 2 ** 30;
/** A sweep is over when the size has stayed for so long. */
const SWEPT_AFTER_MS = 1000;

interface ReplicaReport {
  readonly status: ReplicaStatus;
  readonly probe: ProbeWindow;
}

/** Three replicas with a large state and a writer that measures the gaps between its acknowledged puts. */
export class LargeStore {
  readonly system: ThreadActorSystem;
  readonly keys: number;
  readonly valueBytes: number;
  readonly #folder: string;

  constructor(programs: BenchPrograms, folder: string, keys: number, valueBytes: number) {
    this.#folder = folder;
    this.keys = keys;
    this.valueBytes = valueBytes;
    const writer = { id: 'writer', entry: 'store-large-writer', config: { keys, valueBytes } };
    this.system = startStore(programs, folder, writer, {
      memoryMbMax: MEMORY_MB_MAX,
      replicaEntry: 'store-probed',
      // Beyond the default quota lies half of a GB that is put again.
      replica: { quotaBytes: QUOTA_BYTES },
    });
  }

  ready(): Promise<void> {
    return this.system.ready();
  }

  stop(): Promise<void> {
    return this.system.stop();
  }

  /** The writer's report begins a new window of its own. */
  async writer(): Promise<StoreLargeWriterReport> {
    const report = await this.system.report('writer', REPORT_MS_MAX);
    if (!report.ok) throw new Error(report.error.message);
    const value = report.value as StoreLargeWriterReport;
    if (value.problem !== undefined) throw new Error(value.problem);
    return value;
  }

  async order(type: StoreLargeOrder): Promise<void> {
    await this.system.inject('writer', { type }, REPORT_MS_MAX);
  }

  /** What was ordered is done. The gap of the window is kept meanwhile. */
  async idle(): Promise<void> {
    while (!(await this.#look()).idle) await pause(20);
  }

  #longestGapMs = 0;

  async #look(): Promise<StoreLargeWriterReport> {
    const report = await this.writer();
    this.#longestGapMs = Math.max(this.#longestGapMs, report.longestGapMs);
    return report;
  }

  async beginWindow(): Promise<void> {
    await this.writer();
    this.#longestGapMs = 0;
    for (const id of REPLICAS) await this.system.inject(id, { type: 'probe' }, REPORT_MS_MAX);
  }

  /** The longest gap between acknowledged puts, and what the leader's thread saw. */
  async endWindow(what: string): Promise<Row[]> {
    await this.#look();
    const leader = await this.#report(await leaderOf(this.system));
    const { stallMs = NaN, gcMs = NaN, waitedMs = NaN, disk } = leader?.probe ?? {};
    return [
      alone(`${what}: longest gap between acknowledged puts`, 'ms', this.#longestGapMs),
      alone(`${what}: longest stall of the leader's loop`, 'ms', stallMs),
      alone(`${what}: longest collection of garbage in it`, 'ms', gcMs),
      alone(
        `${what}: longest call of its disk (${disk?.longest ?? ''})`,
        'ms',
        disk?.longestMs ?? NaN,
      ),
      alone(`${what}: its disk in the turn where that took longest`, 'ms', disk?.turnMs ?? NaN),
      alone(`${what}: it was ready and had no processor, in all`, 'ms', waitedMs),
    ];
  }

  async swept(): Promise<void> {
    let [size, sinceMs] = [NaN, performance.now()];
    while (performance.now() - sinceMs < SWEPT_AFTER_MS) {
      await pause(20);
      const report = await this.#report(await leaderOf(this.system));
      const now = report?.status.dbSizeBytes ?? NaN;
      // Puts go on, and each adds a little.
      if (now >= size) continue;
      size = now;
      sinceMs = performance.now();
    }
  }

  anyWrites(): boolean {
    return REPLICAS.some((id) => this.#files(id).some((file) => file.endsWith('.part')));
  }

  newest(): readonly (string | undefined)[] {
    return REPLICAS.map((id) => this.#files(id).findLast((file) => file.endsWith('.snap')));
  }

  async follower(): Promise<string> {
    return (await leaderOf(this.system)) === 'store-0' ? 'store-1' : 'store-0';
  }

  async runs(id: string): Promise<void> {
    while ((await this.#indexes())[REPLICAS.indexOf(id)] === undefined) await pause(5);
  }

  /** It has applied what another had applied before. */
  async caughtUp(id: string): Promise<void> {
    const at = REPLICAS.indexOf(id);
    let goal = Infinity;
    for (;;) {
      const indexes = await this.#indexes();
      if ((indexes[at] ?? -1) >= goal) return;
      goal = Math.max(...indexes.filter((_, other) => other !== at).map((index) => index ?? 0));
      await pause(5);
    }
  }

  /**
   * A follower loses its disk, and is held. A leader that has seen its log would not believe that: so the leader is killed too,
   * and the one that follows it finds the follower empty. Returns its id, to be released.
   */
  async loseDisk(): Promise<string> {
    const follower = await this.follower();
    await this.system.kill(follower, { holdMs: Infinity });
    rmSync(path.join(this.#folder, follower), { recursive: true });
    await this.system.kill(await leaderOf(this.system));
    await leaderOf(this.system);
    while ((await this.#indexes()).filter((index) => index !== undefined).length < 2)
      await pause(5);
    return follower;
  }

  #indexes(): Promise<readonly (number | undefined)[]> {
    return appliedIndexes(this.system);
  }

  async #report(id: string): Promise<ReplicaReport | undefined> {
    const report = await this.system.report(id, REPORT_MS_MAX);
    return report.ok ? (report.value as ReplicaReport) : undefined;
  }

  #files(id: string): string[] {
    return readdirSync(path.join(this.#folder, id, 'snap')).sort();
  }
}
