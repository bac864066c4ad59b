import type { V1ControllerRevision, V1PersistentVolumeClaim, V1Pod } from '../../api/index.js';
import { nameOf } from '../../client/index.js';
import { claimOwners, claimsOf, hasOwners, isStale } from './claims.js';
import { hasIdentity, ordinalOf, ordinalsOf, podName } from './identity.js';
import { isTerminating, stageOf } from './replica.js';
import type { StatefulState } from './state.js';
import { planUpdate } from './update.js';

export type StatefulAction =
  /** With the claims that it needs. */
  | { readonly type: 'create'; readonly ordinal: number; readonly revision: V1ControllerRevision }
  /** Claims that a pod which is there lacks. */
  | { readonly type: 'create-claims'; readonly ordinal: number }
  /** Writes back the labels that say who a pod is, and its claims' owners. */
  | { readonly type: 'repair'; readonly pod: V1Pod }
  | { readonly type: 'own-claims'; readonly pod: V1Pod }
  | { readonly type: 'delete'; readonly pod: V1Pod };

/** Phases, one after the other; a later one is empty where an earlier one has to come first. */
export interface StatefulPlan {
  readonly replicas: readonly StatefulAction[];
  readonly condemned: readonly StatefulAction[];
  readonly updates: readonly StatefulAction[];
}

/** One step at a time in the order of ordinals, or all at once where the set allows it (updateStatefulSet). */
export function planStatefulSet(state: StatefulState): StatefulPlan {
  const { set } = state;
  const ordered = set.spec?.podManagementPolicy !== 'Parallel';
  const { byOrdinal, condemned } = sorted(state);
  const none = { replicas: [], condemned: [], updates: [] };
  if (set.metadata?.deletionTimestamp !== undefined) return none;

  const replicas: StatefulAction[] = [];
  const { start, end } = ordinalsOf(set);
  for (let ordinal = start; ordinal < end; ordinal++) {
    const goesOn = planReplica(state, ordinal, byOrdinal.get(ordinal), replicas);
    if (!goesOn && ordered) return { ...none, replicas };
  }
  const going: StatefulAction[] = condemned
    .filter((pod) => !claimsAreOwned(state, pod))
    .map((pod) => ({ type: 'own-claims', pod }));
  const doomed = ordered ? orderedDeletion(state, condemned) : condemned.filter(isAlive);
  for (const pod of doomed) going.push({ type: 'delete', pod });
  // Scaling comes before updates.
  if (ordered && condemned.length > 0) return { ...none, replicas, condemned: going };
  const leaving = new Set(replicas.map((action) => (action.type === 'delete' ? action.pod : '')));
  const updates = planUpdate(state, byOrdinal)
    .filter((pod) => !leaving.has(pod))
    .map((pod) => ({ type: 'delete', pod }) as const);
  return { replicas, condemned: going, updates };
}

interface Sorted {
  /** Of the wanted ordinals. */
  readonly byOrdinal: ReadonlyMap<number, V1Pod>;
  /** Beyond the wanted ordinals, the highest first. */
  readonly condemned: readonly V1Pod[];
}

/** A pod whose name is none of the set's is left alone. */
function sorted({ set, pods }: StatefulState): Sorted {
  const { start, end } = ordinalsOf(set);
  const byOrdinal = new Map<number, V1Pod>();
  const condemned: [number, V1Pod][] = [];
  for (const pod of pods) {
    const ordinal = ordinalOf(set, pod);
    if (ordinal === undefined) continue;
    if (ordinal >= start && ordinal < end) byOrdinal.set(ordinal, pod);
    else condemned.push([ordinal, pod]);
  }
  condemned.sort(([a], [b]) => b - a);
  return { byOrdinal, condemned: condemned.map(([, pod]) => pod) };
}

/** Returns whether the next ordinal may be looked at, where they come in order. */
function planReplica(
  state: StatefulState,
  ordinal: number,
  pod: V1Pod | undefined,
  actions: StatefulAction[],
): boolean {
  if (pod === undefined) {
    const name = podName(state.set, ordinal);
    const stale = claimsThere(state, ordinal).some((claim) => isStale(claim, name));
    if (!stale) actions.push({ type: 'create', ordinal, revision: revisionFor(state, ordinal) });
    return false;
  }
  const stage = stageOf(state.set, pod, state.wallMs);
  if (stage === 'ended') {
    // The next one is made when this one is gone.
    if (!isTerminating(pod)) actions.push({ type: 'delete', pod });
    return false;
  }
  const lacksClaims =
    claimsThere(state, ordinal).length < (state.set.spec?.volumeClaimTemplates ?? []).length;
  if (pod.status?.phase === 'Pending' && lacksClaims)
    actions.push({ type: 'create-claims', ordinal });
  const ordered = state.set.spec?.podManagementPolicy !== 'Parallel';
  if (ordered && stage !== 'available') return false;
  if (stage !== 'terminating' && !(hasIdentity(pod) && claimsAreOwned(state, pod)))
    actions.push({ type: 'repair', pod });
  return true;
}

/** While an update is on its way, ordinals below the partition are still made of the current revision. */
function revisionFor(
  { set, current, update }: StatefulState,
  ordinal: number,
): V1ControllerRevision {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  if (type === 'OnDelete') return update;
  const kept =
    rollingUpdate === undefined
      ? (set.status?.currentReplicas ?? 0)
      : (rollingUpdate.partition ?? 0);
  return ordinal < ordinalsOf(set).start + kept ? current : update;
}

/** The highest goes first, and the next when it is gone. One that is unavailable blocks all but itself. */
function orderedDeletion(
  { set, wallMs }: StatefulState,
  condemned: readonly V1Pod[],
): readonly V1Pod[] {
  const [highest] = condemned;
  if (highest === undefined || isTerminating(highest)) return [];
  const isAvailable = (pod: V1Pod): boolean => stageOf(set, pod, wallMs) === 'available';
  const lowestUnavailable = condemned.filter((pod) => !isAvailable(pod)).at(-1);
  return isAvailable(highest) || highest === lowestUnavailable ? [highest] : [];
}

function isAlive(pod: V1Pod): boolean {
  return !isTerminating(pod);
}

function claimsThere({ set, claimOf }: StatefulState, ordinal: number): V1PersistentVolumeClaim[] {
  return claimsOf(set, ordinal).flatMap((wanted) => claimOf(nameOf(wanted)) ?? []);
}

/** A claim that is missing has no wrong owner. */
function claimsAreOwned(state: StatefulState, pod: V1Pod): boolean {
  const ordinal = ordinalOf(state.set, pod);
  return (
    ordinal === undefined ||
    claimsThere(state, ordinal).every((claim) =>
      hasOwners(claim, claimOwners(claim, state.set, pod)),
    )
  );
}
