import type { KubernetesObject } from '../../../api/index.js';
import { jsonEqual } from '../json-value.js';
import type { Strategy } from './strategy.js';
import { resetStatus, withGeneration } from './usual.js';

/** Where apps/v1 keeps what was once the field templateGeneration. Its pods carry it, too. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

interface DaemonSet extends KubernetesObject {
  spec?: { template?: unknown };
}

/** Changes of the template are counted apart, in an annotation that is not the client's to set later. */
export const daemonSets: Strategy = {
  ...withGeneration(),
  prepareForCreate(object) {
    resetStatus(object);
    count(object, Math.max(1, countOf(object)));
  },
  prepareForUpdate(object: DaemonSet, old: DaemonSet) {
    const changed = !jsonEqual(object.spec?.template, old.spec?.template);
    count(object, countOf(old) + (changed ? 1 : 0));
  },
  prepareForStatusUpdate(object, old) {
    count(object, countOf(old));
  },
};

function countOf({ metadata }: KubernetesObject): number {
  const value = Number(metadata?.annotations?.[TEMPLATE_GENERATION]);
  return Number.isSafeInteger(value) ? value : 0;
}

function count(object: KubernetesObject, value: number): void {
  const annotations = { ...object.metadata?.annotations, [TEMPLATE_GENERATION]: String(value) };
  object.metadata = { ...object.metadata, annotations };
}
