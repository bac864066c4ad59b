import type { V1Pod } from '../../api/index.js';
import { nameOf } from '../../client/index.js';
import { amountOf } from '../int-or-percent.js';
import { ordinalsOf, revisionOf } from './identity.js';
import type { StatefulState } from './state.js';
import { isTerminating, stageOf } from './replica.js';

/** The old pods that give way now: from the highest ordinal down to the partition. */
export function planUpdate(
  state: StatefulState,
  byOrdinal: ReadonlyMap<number, V1Pod>,
): readonly V1Pod[] {
  const { type, rollingUpdate } = state.set.spec?.updateStrategy ?? {};
  if (type === 'OnDelete') return [];
  const { start, end } = ordinalsOf(state.set);
  const first = start + (rollingUpdate?.partition ?? 0);
  const falling: (V1Pod | undefined)[] = [];
  for (let ordinal = end - 1; ordinal >= first; ordinal--) falling.push(byOrdinal.get(ordinal));
  const bound = rollingUpdate?.maxUnavailable;
  const maxUnavailable =
    bound === undefined ? 1 : Math.max(1, amountOf(bound, end - start, Math.ceil));
  if (maxUnavailable === 1) return oneByOne(state, falling);
  let unavailable = 0;
  for (let ordinal = start; ordinal < end; ordinal++)
    if (!isAvailable(state, byOrdinal.get(ordinal))) unavailable++;
  return several(state, falling, maxUnavailable, maxUnavailable - unavailable);
}

/** The first that is old goes, unless one above it is not available yet. */
function oneByOne(state: StatefulState, falling: readonly (V1Pod | undefined)[]): readonly V1Pod[] {
  for (const pod of falling) {
    if (pod !== undefined && isOld(state, pod)) return [pod];
    if (!isAvailable(state, pod)) return [];
  }
  return [];
}

/** KEP-961. So many go at once; those that are available only as far as `spare` of them may be missed. */
function several(
  state: StatefulState,
  falling: readonly (V1Pod | undefined)[],
  max: number,
  spare: number,
): readonly V1Pod[] {
  const doomed: V1Pod[] = [];
  let left = spare;
  for (const pod of falling) {
    if (doomed.length >= max) break;
    if (pod === undefined || !isOld(state, pod)) continue;
    if (isAvailable(state, pod) && left-- <= 0) break;
    doomed.push(pod);
  }
  return doomed;
}

function isOld({ update }: StatefulState, pod: V1Pod): boolean {
  return revisionOf(pod) !== nameOf(update) && !isTerminating(pod);
}

/** A pod that is still to be made is not available either. */
function isAvailable({ set, wallMs }: StatefulState, pod: V1Pod | undefined): boolean {
  return pod !== undefined && stageOf(set, pod, wallMs) === 'available';
}
