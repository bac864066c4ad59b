import { adds, endOf, isComplete, mergeEvidence } from '../elections/index.js';
import type { ElectionEvidence, Witness } from '../protocol/index.js';

/** Elections that may still be completed; beyond them the oldest is left as it is. */
const OPEN_MAX = 16;

/** The elections of this process that this replica knows of, as far as their stories are told. */
export class OpenElections {
  readonly #open = new Map<string, ElectionEvidence>();

  /** Undefined: nothing of it is new. */
  learn(evidence: ElectionEvidence): ElectionEvidence | undefined {
    const { id } = evidence.campaign;
    const known = this.#open.get(id);
    if (known !== undefined && !adds(known, evidence)) return undefined;
    const merged = known === undefined ? evidence : mergeEvidence(known, evidence);
    this.#open.set(id, merged);
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= OPEN_MAX) break;
      this.#open.delete(oldest);
    }
    return merged;
  }

  get(id: string): ElectionEvidence | undefined {
    return this.#open.get(id);
  }

  /** Whoever told this knows less than this replica. */
  knowsMoreThan(evidence: ElectionEvidence): boolean {
    const known = this.#open.get(evidence.campaign.id);
    return known !== undefined && adds(evidence, known);
  }

  incomplete(): ElectionEvidence[] {
    return [...this.#open.values()].filter((evidence) => !isComplete(evidence));
  }

  /** Over, and `replica` has not told of it to its end. */
  untold(replica: string): ElectionEvidence[] {
    return [...this.#open.values()].filter((evidence) => {
      const endedMs = endOf(evidence);
      return (
        endedMs !== null &&
        !evidence.witnesses.some((witness) => toldAll(witness, replica, endedMs))
      );
    });
  }

  /** Those of a candidate that were not over when it died. */
  cutShort(candidate: string): ElectionEvidence[] {
    return [...this.#open.values()].filter(
      (evidence) => evidence.campaign.candidate === candidate && endOf(evidence) === null,
    );
  }
}

function toldAll(witness: Witness, replica: string, endedMs: number): boolean {
  return (
    witness.replica === replica &&
    (witness.over === true || witness.watchedUntilMs >= endedMs || witness.sinceMs >= endedMs)
  );
}
