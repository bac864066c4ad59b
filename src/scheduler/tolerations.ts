import type { V1Taint, V1Toleration } from '../api/index.js';

type Taint = Pick<V1Taint, 'key' | 'effect' | 'value'>;

export function tolerates(tolerations: readonly V1Toleration[] | undefined, taint: Taint): boolean {
  return (tolerations ?? []).some((toleration) => toleratesTaint(toleration, taint));
}

/** core/v1 Toleration.ToleratesTaint. An empty key with Exists tolerates everything, an empty effect every effect. */
export function toleratesTaint(toleration: V1Toleration, taint: Taint): boolean {
  const { effect = '', key = '', operator = 'Equal', value = '' } = toleration;
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return operator === 'Equal' && key !== '' && value === (taint.value ?? '');
}
