import type { LastCrash } from '../actor/index.js';
import type { ActorId } from '../base/index.js';
import { WALL_ORIGIN_MS } from './sim-ports.js';

/** The last crash of each actor. */
export class CrashNotes {
  readonly #crashes = new Map<ActorId, LastCrash>();

  last(id: ActorId): LastCrash | undefined {
    return this.#crashes.get(id);
  }

  note(
    id: ActorId,
    error: { readonly message: string; readonly stack?: string },
    nowMs: number,
  ): void {
    const { code } = error as { readonly code?: unknown };
    this.#crashes.set(id, {
      reason: error.message,
      stack: error.stack ?? '',
      code: typeof code === 'string' ? code : null,
      at: new Date(WALL_ORIGIN_MS + nowMs).toISOString(),
    });
  }
}
