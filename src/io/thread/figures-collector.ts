import type {
  ActorCounts,
  ActorEvent,
  ActorFigures,
  RestartCause,
  SystemFigures,
  ThreadStats,
} from '../../actor/index.js';
import type { ActorId, ErrorData, Result } from '../../base/index.js';
import type { ThreadActorStatus } from './actor-status.js';

/** What it needs of a system. */
export interface CollectorPorts {
  actors(): readonly ThreadActorStatus[];
  report(id: string, timeoutMs: number): Promise<Result<unknown, ErrorData>>;
  onEvent(listener: (event: ActorEvent) => void): () => void;
}

/** An actor that does not answer within this time is shown as it is seen from outside. */
const REPORT_MS_MAX = 500;

const NO_RESTARTS: Readonly<Record<RestartCause, number>> = {
  crash: 0,
  chaos: 0,
  normal: 0,
  sibling: 0,
};

/** Gathers what there is to see of all actors: bounded in time, and one round at a time, however many ask. */
export class FiguresCollector {
  readonly #ports: CollectorPorts;
  readonly #restarts = new Map<ActorId, Record<RestartCause, number>>();
  /** Of the actors that have died since their last start. A restart without a death of its own comes of a sibling's. */
  readonly #died = new Map<ActorId, RestartCause>();
  #round: Promise<SystemFigures> | undefined;

  constructor(ports: CollectorPorts) {
    this.#ports = ports;
    ports.onEvent((event) => {
      this.#happened(event);
    });
  }

  figures(): Promise<SystemFigures> {
    this.#round ??= this.#collect().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  #happened(event: ActorEvent): void {
    if (event.type === 'died') {
      this.#died.set(event.id, event.cause);
    } else if (event.type === 'starting' && event.incarnation > 1) {
      const causes = this.#restarts.get(event.id) ?? { ...NO_RESTARTS };
      causes[this.#died.get(event.id) ?? 'sibling']++;
      this.#restarts.set(event.id, causes);
      this.#died.delete(event.id);
    }
  }

  async #collect(): Promise<SystemFigures> {
    const statuses = this.#ports.actors();
    this.#forgetBut(new Set(statuses.map(({ id }) => id)));
    const actors = await Promise.all(statuses.map((status) => this.#figuresOf(status)));
    const { user, system } = process.cpuUsage();
    return {
      actors,
      process: {
        residentBytes: process.memoryUsage.rss(),
        cpuMs: (user + system) / 1000,
        startedWallMs: Date.now() - process.uptime() * 1000,
      },
    };
  }

  /** An actor that is no longer in the tree is not counted any more. */
  #forgetBut(known: ReadonlySet<ActorId>): void {
    for (const map of [this.#restarts, this.#died])
      for (const id of [...map.keys()]) if (!known.has(id)) map.delete(id);
  }

  async #figuresOf(status: ThreadActorStatus): Promise<ActorFigures> {
    const isUp = status.state === 'running' || status.state === 'starting';
    const report = isUp ? await this.#ports.report(status.id, REPORT_MS_MAX) : undefined;
    const inner =
      report?.ok === true
        ? (report.value as { readonly counts: ActorCounts; readonly thread: ThreadStats })
        : undefined;
    return {
      ...status,
      restartsByCause: this.#restarts.get(status.id) ?? NO_RESTARTS,
      counts: inner?.counts ?? null,
      thread: inner?.thread ?? null,
    };
  }
}
