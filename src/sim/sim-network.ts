import { randomChance, randomFraction } from '../base/index.js';
import type { ActorId, Random } from '../base/index.js';

/** How the links between replicas misbehave. Links between actors of one process are ordered and reliable by nature. */
export interface LinkFaults {
  /** Of the frames on a faulty link. */
  lossProbability: number;
  reorderProbability: number;
  duplicateProbability: number;
}

/** When frames arrive, if they do. A pair's frames keep their order unless the link is made faulty. */
export class SimNetwork {
  readonly faults: LinkFaults = {
    lossProbability: 0,
    reorderProbability: 0,
    duplicateProbability: 0,
  };
  readonly counts = { sent: 0, lost: 0, reordered: 0, duplicated: 0, blocked: 0 };
  readonly #random: Random;
  readonly #faulty = new Set<ActorId>();
  readonly #blocked = new Set<string>();
  readonly #lastMs = new Map<string, number>();
  readonly #extraMs = new Map<string, number>();
  readonly #damaged = new Set<string>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Links between two of these take part in the faults. */
  makeFaulty(ids: readonly ActorId[]): void {
    for (const id of ids) this.#faulty.add(id);
  }

  block(from: ActorId, to: ActorId): void {
    this.#blocked.add(`${from}>${to}`);
  }

  /** What one sends to the other takes so much longer from now on, in order all the same. 0: no longer. */
  slow(from: ActorId, to: ActorId, extraMs: number): void {
    this.#extraMs.set(`${from}>${to}`, extraMs);
  }

  /** The next frame from one to the other arrives damaged: it cannot be read. */
  damageNext(from: ActorId, to: ActorId): void {
    this.#damaged.add(`${from}>${to}`);
  }

  /** Whether the frame that is sent now arrives damaged. */
  damages(from: ActorId, to: ActorId): boolean {
    return this.#damaged.delete(`${from}>${to}`);
  }

  healPartitions(): void {
    this.#blocked.clear();
  }

  calm(): void {
    this.healPartitions();
    this.#extraMs.clear();
    Object.assign(this.faults, {
      lossProbability: 0,
      reorderProbability: 0,
      duplicateProbability: 0,
    });
  }

  /** The moments at which a frame arrives: none, one or two. */
  arrivals(from: ActorId, to: ActorId, departMs: number): number[] {
    this.counts.sent++;
    const link = `${from}>${to}`;
    const latencyMs = this.#latencyMs(link);
    const ordered = Math.max(this.#lastMs.get(link) ?? 0, departMs + latencyMs);
    if (this.#blocked.has(link)) {
      this.counts.blocked++;
      return [];
    }
    if (!this.#faulty.has(from) || !this.#faulty.has(to)) {
      this.#lastMs.set(link, ordered);
      return [ordered];
    }
    if (randomChance(this.#random, this.faults.lossProbability)) {
      this.counts.lost++;
      return [];
    }
    if (randomChance(this.#random, this.faults.reorderProbability)) {
      this.counts.reordered++;
      return [departMs + latencyMs + randomFraction(this.#random) * 30];
    }
    this.#lastMs.set(link, ordered);
    if (!randomChance(this.#random, this.faults.duplicateProbability)) return [ordered];
    this.counts.duplicated++;
    return [ordered, ordered + randomFraction(this.#random) * 20];
  }

  /**
   * When one learns that another has come up, or that it has died: after everything that came from there before, and before
   * everything that comes after.
   */
  noticeArrives(from: ActorId, to: ActorId, nowMs: number): number {
    const link = `${from}>${to}`;
    const atMs = Math.max(this.#lastMs.get(link) ?? 0, nowMs + this.#latencyMs(link));
    this.#lastMs.set(link, atMs);
    return atMs;
  }

  #latencyMs(link: string): number {
    return 0.05 + randomFraction(this.#random) * 0.4 + (this.#extraMs.get(link) ?? 0);
  }

  /** After everything that was sent before, but for frames that are late. */
  deathArrives(from: ActorId, to: ActorId, nowMs: number): number {
    return Math.max(
      this.#lastMs.get(`${from}>${to}`) ?? 0,
      nowMs + 1 + randomFraction(this.#random),
    );
  }
}
