import { isConditionTrue, type V1Node, type V1Pod } from '../api/index.js';

export interface Counts {
  readonly total: number;
  readonly ready: number;
}

/** How many nodes or pods there are, and how many of them are Ready: for `kubactor status`. */
export function readyCounts(objects: readonly (V1Node | V1Pod)[]): Counts {
  const ready = objects.filter((object) => isConditionTrue(object.status?.conditions, 'Ready'));
  return { total: objects.length, ready: ready.length };
}
