import type { V1Pod, V1StatefulSet } from '../../api/index.js';
import { nameOf } from '../../client/index.js';

const POD_NAME = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX = 'apps.kubernetes.io/pod-index';
const REVISION = 'controller-revision-hash';

/** The ordinals that a set wants: from its first up to, and without, `end`. */
export interface Ordinals {
  readonly start: number;
  readonly end: number;
}

export function ordinalsOf({ spec }: V1StatefulSet): Ordinals {
  const start = spec?.ordinals?.start ?? 0;
  return { start, end: start + (spec?.replicas ?? 1) };
}

/** `web-3` is 3 of the set `web`; undefined: not one of its names. */
export function ordinalOf(set: V1StatefulSet, pod: V1Pod): number | undefined {
  const [, parent, ordinal] = /^(.*)-(\d+)$/.exec(nameOf(pod)) ?? [];
  return parent === nameOf(set) ? Number(ordinal) : undefined;
}

export function podName(set: V1StatefulSet, ordinal: number): string {
  return `${nameOf(set)}-${String(ordinal)}`;
}

/** The name of the revision of which a pod was made. */
export function revisionOf({ metadata }: V1Pod): string {
  return metadata?.labels?.[REVISION] ?? '';
}

export function identityLabels(
  set: V1StatefulSet,
  ordinal: number,
  revision: string,
): Record<string, string> {
  return { ...lastingLabels(set, ordinal), [REVISION]: revision };
}

/** The labels that a pod must not lose. */
export function lastingLabels(set: V1StatefulSet, ordinal: number): Record<string, string> {
  return { [POD_NAME]: podName(set, ordinal), [POD_INDEX]: String(ordinal) };
}

/** Whether a pod still says who it is. The index is only written beside a name that was lost. */
export function hasIdentity({ metadata }: V1Pod): boolean {
  return metadata?.labels?.[POD_NAME] === metadata?.name;
}
