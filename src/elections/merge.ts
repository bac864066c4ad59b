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
    witnesses.set(witness.replica, known === undefined ? witness : better(witness, known));
  }
  return {
    campaign: left.campaign.version >= right.campaign.version ? left.campaign : right.campaign,
    witnesses: [...witnesses.values()].sort((a, b) => (a.replica < b.replica ? -1 : 1)),
  };
}

/** An earlier life saw more of the election than one that began after it; within a life the later account holds all. */
function better(left: Witness, right: Witness): Witness {
  const ofOneLife = left.sinceMs === right.sinceMs;
  const leftWins = ofOneLife ? left.toldMs > right.toldMs : left.sinceMs < right.sinceMs;
  const chosen = leftWins ? left : right;
  const over = !ofOneLife || left.over === true || right.over === true;
  return over ? { ...chosen, over } : chosen;
}

/** Whether `right` adds anything to `left`. */
export function adds(left: ElectionEvidence, right: ElectionEvidence): boolean {
  const merged = mergeEvidence(left, right);
  return (
    merged.campaign.version > left.campaign.version ||
    merged.witnesses.some(({ replica, sinceMs, toldMs, over }) => {
      const known = left.witnesses.find((witness) => witness.replica === replica);
      return known?.sinceMs !== sinceMs || known.toldMs !== toldMs || known.over !== over;
    })
  );
}
