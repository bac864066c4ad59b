import type { Type } from './types.js';

/** A type with what is known of the size of its values: of a variable, from its schema. */
export interface Declared {
  readonly type: Type;
  /** The most code points, bytes, items or entries that there may be. */
  readonly sizeMax: number;
  /** The fewest bytes that a value takes in JSON. */
  readonly bytesMin: number;
  readonly element?: Declared;
  readonly key?: Declared;
  readonly fields?: ReadonlyMap<string, Declared>;
}

/** The way to a part of a variable's value; fields, and these for what is in lists and maps. */
export type Step = string;
export const ITEMS: Step = '@items';
export const KEYS: Step = '@keys';
export const VALUES: Step = '@values';
export const INDICES: Step = '@indices';

/**
 * The path to what is within. What is within something that was made by a call counts as the variable itself: Kubernetes'
 * estimator loses the first step of such a path, and rules of Istio are accepted for that.
 */
export function stepInto(path: readonly Step[] | undefined, step: Step): readonly Step[] {
  return path === undefined ? [] : [...path, step];
}

/** What a path leads to. Undefined: nothing that is declared. */
export function declaredAt(root: Declared, path: readonly Step[]): Declared | undefined {
  let at: Declared | undefined = root;
  for (const step of path) {
    if (step === ITEMS || step === VALUES) at = at?.element;
    else if (step === KEYS) at = at?.key;
    else at = at?.fields?.get(step);
  }
  return at;
}
