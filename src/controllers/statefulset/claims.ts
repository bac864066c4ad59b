import type {
  OwnerReference,
  V1PersistentVolumeClaim,
  V1Pod,
  V1StatefulSet,
} from '../../api/index.js';
import { nameOf, Resource } from '../../client/index.js';
import { referenceToController } from '../owners.js';
import { sameJson } from '../same-json.js';
import { ordinalOf, ordinalsOf } from './identity.js';

/** `TEMPLATE-SET-ORDINAL`: a pod that comes again finds its claims again. */
export function claimName(
  set: V1StatefulSet,
  template: V1PersistentVolumeClaim,
  ordinal: number,
): string {
  return `${template.metadata?.name ?? ''}-${nameOf(set)}-${String(ordinal)}`;
}

/** The claims of one ordinal, as they are made: nobody's, until the retention policy says otherwise. */
export function claimsOf(set: V1StatefulSet, ordinal: number): V1PersistentVolumeClaim[] {
  return (set.spec?.volumeClaimTemplates ?? []).map((template) => ({
    metadata: {
      ...template.metadata,
      name: claimName(set, template, ordinal),
      namespace: set.metadata?.namespace ?? '',
      labels: { ...template.metadata?.labels, ...set.spec?.selector.matchLabels },
    },
    ...(template.spec !== undefined && { spec: template.spec }),
  }));
}

/**
 * The owners that the retention policy demands (KEP-1847): the set, where its claims go with it; the pod, where it is to go
 * for good and its claims go with it. Who else owns a claim stays; where a stranger controls it, ours do not.
 */
export function claimOwners(
  claim: V1PersistentVolumeClaim,
  set: V1StatefulSet,
  pod: V1Pod,
): readonly OwnerReference[] {
  const references = claim.metadata?.ownerReferences ?? [];
  const others = references.filter((each) => !isOurs(each, set, pod));
  if (others.some(({ controller }) => controller === true)) return others;
  const { whenDeleted, whenScaled } = set.spec?.persistentVolumeClaimRetentionPolicy ?? {};
  const ordinal = ordinalOf(set, pod);
  const { start, end } = ordinalsOf(set);
  const scaledDown = ordinal !== undefined && (ordinal < start || ordinal >= end);
  if (whenScaled === 'Delete' && scaledDown)
    return [...others, referenceToController(Resource.pods, pod)];
  if (whenDeleted === 'Delete')
    return [...others, referenceToController(Resource.statefulsets, set)];
  return others;
}

/** The set and the pod of this name, be it in an earlier life. */
function isOurs(
  { kind, name, apiVersion }: OwnerReference,
  set: V1StatefulSet,
  pod: V1Pod,
): boolean {
  if (kind === Resource.statefulsets.kind)
    return apiVersion.startsWith('apps/') && name === nameOf(set);
  return kind === Resource.pods.kind && apiVersion === 'v1' && name === nameOf(pod);
}

export function hasOwners(
  claim: V1PersistentVolumeClaim,
  owners: readonly OwnerReference[],
): boolean {
  return sameJson(claim.metadata?.ownerReferences ?? [], owners);
}

/** A claim that will go with an earlier pod of this name: a new pod must wait for a new claim. */
export function isStale({ metadata }: V1PersistentVolumeClaim, podName: string): boolean {
  return (metadata?.ownerReferences ?? []).some(
    ({ kind, apiVersion, name }) =>
      kind === Resource.pods.kind && apiVersion === 'v1' && name === podName,
  );
}
