import { randomChance, randomFraction } from '../base/index.js';
import type { ActorId, Random } from '../base/index.js';

/** How the links between replicas misbehave. Links between actors of one process are ordered and reliable by nature. */
export interface LinkFaults {
  /** Of the frames on a faulty link. */
  lossProbability: number;
  reorderProbability: number;
  duplicateProbability: number;
}

/** One direction between two actors. */
interface SimLink {
  /** When the last frame that keeps its order arrives. */
  lastMs: number;
  extraMs: number;
  blocked: boolean;
  damagesNext: boolean;
  faulty: boolean;
}

const CALM: LinkFaults = { lossProbability: 0, reorderProbability: 0, duplicateProbability: 0 };

/** When frames arrive, if they do. A pair's frames keep their order unless the link is made faulty. */
export class SimNetwork {
  readonly faults: LinkFaults = { ...CALM };
  readonly counts = { sent: 0, lost: 0, reordered: 0, duplicated: 0, blocked: 0 };
  readonly #random: Random;
  readonly #faulty = new Set<ActorId>();
  readonly #links = new Map<ActorId, Map<ActorId, SimLink>>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Links between two of these take part in the faults. */
  makeFaulty(ids: readonly ActorId[]): void {
    for (const id of ids) this.#faulty.add(id);
    for (const [from, outgoing] of this.#links)
      for (const [to, link] of outgoing) link.faulty = this.#isFaulty(from, to);
  }

  block(from: ActorId, to: ActorId): void {
    this.#link(from, to).blocked = true;
  }

  /** What one sends to the other takes so much longer from now on, in order all the same. 0: no longer. */
  slow(from: ActorId, to: ActorId, extraMs: number): void {
    this.#link(from, to).extraMs = extraMs;
  }

  /** The next frame from one to the other arrives damaged: it cannot be read. */
  damageNext(from: ActorId, to: ActorId): void {
    this.#link(from, to).damagesNext = true;
  }

  /** Whether the frame that is sent now arrives damaged. */
  damages(from: ActorId, to: ActorId): boolean {
    const link = this.#link(from, to);
    const damaged = link.damagesNext;
    link.damagesNext = false;
    return damaged;
  }

  healPartitions(): void {
    for (const link of this.#all()) link.blocked = false;
  }

  calm(): void {
    this.healPartitions();
    for (const link of this.#all()) link.extraMs = 0;
    Object.assign(this.faults, CALM);
  }

  /** The moments at which a frame arrives: none, one or two. */
  arrivals(from: ActorId, to: ActorId, departMs: number): readonly number[] {
    this.counts.sent++;
    const link = this.#link(from, to);
    const latencyMs = this.#latencyMs(link);
    const ordered = Math.max(link.lastMs, departMs + latencyMs);
    if (link.blocked) {
      this.counts.blocked++;
      return [];
    }
    if (!link.faulty) {
      link.lastMs = ordered;
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
    link.lastMs = ordered;
    if (!randomChance(this.#random, this.faults.duplicateProbability)) return [ordered];
    this.counts.duplicated++;
    return [ordered, ordered + randomFraction(this.#random) * 20];
  }

  /**
   * When one learns that another has come up, or that it has died: after everything that came from there before, and before
   * everything that comes after.
   */
  noticeArrives(from: ActorId, to: ActorId, nowMs: number): number {
    const link = this.#link(from, to);
    link.lastMs = Math.max(link.lastMs, nowMs + this.#latencyMs(link));
    return link.lastMs;
  }

  /** After everything that was sent before, but for frames that are late. */
  deathArrives(from: ActorId, to: ActorId, nowMs: number): number {
    return Math.max(this.#link(from, to).lastMs, nowMs + 1 + randomFraction(this.#random));
  }

  #latencyMs({ extraMs }: SimLink): number {
    return 0.05 + randomFraction(this.#random) * 0.4 + extraMs;
  }

  #link(from: ActorId, to: ActorId): SimLink {
    const outgoing = this.#links.get(from) ?? new Map<ActorId, SimLink>();
    if (outgoing.size === 0) this.#links.set(from, outgoing);
    let link = outgoing.get(to);
    if (link === undefined) {
      const faulty = this.#isFaulty(from, to);
      link = { lastMs: 0, extraMs: 0, blocked: false, damagesNext: false, faulty };
      outgoing.set(to, link);
    }
    return link;
  }

  #isFaulty(from: ActorId, to: ActorId): boolean {
    return this.#faulty.has(from) && this.#faulty.has(to);
  }

  #all(): SimLink[] {
    return [...this.#links.values()].flatMap((outgoing) => [...outgoing.values()]);
  }
}
