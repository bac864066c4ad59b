import type { ActorEvent, ChildState, LastCrash } from '../../actor/index.js';
import type { ActorId, Log } from '../../base/index.js';
import type { CrashReport } from './control.js';
import type { Doomed } from './watchdog.js';

type Died = Extract<ActorEvent, { type: 'died' }>;

/** Keeps why actors died, and writes it down: one line for each death, one for each restart. */
export class ActorJournal {
  readonly #log: Log;
  readonly #crashes = new Map<ActorId, LastCrash>();
  /** What was known of a life before its end was. */
  readonly #reports = new Map<ActorId, { readonly incarnation: number; readonly stack: string }>();
  readonly #diedMs = new Map<ActorId, number>();

  constructor(log: Log) {
    this.#log = log;
  }

  lastCrash(id: ActorId): LastCrash | null {
    return this.#crashes.get(id) ?? null;
  }

  /** Comes before the death is told. What comes first is the cause. */
  noteCrash(id: ActorId, incarnation: number, { stack }: Pick<CrashReport, 'stack'>): void {
    if (this.#reports.get(id)?.incarnation !== incarnation)
      this.#reports.set(id, { incarnation, stack });
  }

  /** A life that main is about to end, since it no longer works. One that blocks in native code lives on until that returns. */
  doomed(id: ActorId, incarnation: number, { message, code, stack }: Doomed): void {
    this.noteCrash(id, incarnation, { stack });
    this.#log.error('actor does not work: ending it', {
      actorId: id,
      life: incarnation,
      reason: message,
      code,
      stack,
    });
  }

  died({ id, incarnation, cause, message, code, crashesInRow, restartInMs }: Died): void {
    const report = this.#reports.get(id);
    const stack = report?.incarnation === incarnation ? report.stack : '';
    this.#reports.delete(id);
    this.#diedMs.set(id, performance.now());
    if (cause === 'crash')
      this.#crashes.set(id, { reason: message, stack, code, at: new Date().toISOString() });
    this.#log[cause === 'crash' ? 'error' : 'info']('actor died', {
      actorId: id,
      life: incarnation,
      cause,
      reason: message,
      code,
      crashesInRow,
      restartInMs,
      ...(cause === 'crash' ? { stack } : {}),
    });
  }

  /** The line that says why there is another life. */
  restarts(id: ActorId, child: ChildState, usesSpare: boolean): void {
    const { lastDeath: death, incarnation, restarts } = child;
    const diedMs = this.#diedMs.get(id) ?? performance.now();
    this.#log.info('actor restarts', {
      actorId: id,
      life: incarnation,
      restart: restarts,
      cause: death?.cause ?? 'normal',
      reason: death?.message ?? 'its supervisor restarted',
      code: death?.code ?? null,
      delayMs: Math.round(performance.now() - diedMs),
      usesSpare,
    });
  }

  forget(id: ActorId): void {
    this.#crashes.delete(id);
    this.#reports.delete(id);
    this.#diedMs.delete(id);
  }
}
