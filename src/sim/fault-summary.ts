import { FAULT_KINDS } from './fault-kinds.js';
import type { FaultCounts, FaultKind } from './fault-kinds.js';

/** Fewer seeds than this say nothing about how often a fault occurs. */
const SEEDS_MIN = 100;
const SHARE_MIN = 0.05;

export interface FaultShare {
  readonly kind: FaultKind;
  /** In how many seeds it occurred. */
  readonly seeds: number;
  /** How often, over all seeds. */
  readonly times: number;
}

/** Counts faults over a range of seeds: those that hardly ever occur are not tested. */
export class FaultSummary {
  readonly #seeds = new Map<FaultKind, number>();
  readonly #times = new Map<FaultKind, number>();
  #count = 0;

  add(counts: FaultCounts): void {
    this.#count++;
    for (const kind of FAULT_KINDS) {
      const times = counts[kind];
      this.#times.set(kind, (this.#times.get(kind) ?? 0) + times);
      if (times > 0) this.#seeds.set(kind, (this.#seeds.get(kind) ?? 0) + 1);
    }
  }

  shares(): readonly FaultShare[] {
    return FAULT_KINDS.map((kind) => ({
      kind,
      seeds: this.#seeds.get(kind) ?? 0,
      times: this.#times.get(kind) ?? 0,
    }));
  }

  /** Kinds that occurred in fewer than 5 % of at least 100 seeds. */
  rare(): readonly FaultKind[] {
    if (this.#count < SEEDS_MIN) return [];
    return this.shares()
      .filter(({ seeds }) => seeds < this.#count * SHARE_MIN)
      .map(({ kind }) => kind);
  }
}
