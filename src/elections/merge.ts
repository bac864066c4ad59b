import { assert } from '../base/index.js';
import type { ElectionEvidence, Witness } from '../protocol/index.js';

/**
 * What two replicas know of one campaign, as one: the newer account of the candidate, and of each witness the latest
 * account. Commutative, associative and idempotent, so that it does not matter who tells whom, or how often.
 */
export function mergeEvidence(left: ElectionEvidence, right: ElectionEvidence): ElectionEvidence {
  assert(left.campaign.id === right.campaign.id, 'evidence of one campaign');
  const witnesses = new Map<string, Witness>();
  for (const witness of [...left.witnesses, ...right.witnesses]) {
    const known = witnesses.get(witness.replica);
    if (known === undefined || isBetter(witness, known)) witnesses.set(witness.replica, witness);
  }
  return {
    campaign: left.campaign.version >= right.campaign.version ? left.campaign : right.campaign,
    witnesses: [...witnesses.values()].sort((a, b) => (a.replica < b.replica ? -1 : 1)),
  };
}

/** An earlier life saw more of the election than one that began after it; within a life the later account holds all. */
function isBetter(candidate: Witness, known: Witness): boolean {
  if (candidate.sinceMs !== known.sinceMs) return candidate.sinceMs < known.sinceMs;
  return candidate.toldMs > known.toldMs;
}

/** Whether `right` adds anything to `left`. */
export function adds(left: ElectionEvidence, right: ElectionEvidence): boolean {
  const merged = mergeEvidence(left, right);
  return (
    merged.campaign.version > left.campaign.version ||
    merged.witnesses.some(({ replica, sinceMs, toldMs }) => {
      const known = left.witnesses.find((witness) => witness.replica === replica);
      return known?.sinceMs !== sinceMs || known.toldMs !== toldMs;
    })
  );
}
