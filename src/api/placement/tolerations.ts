import type { V1Taint, V1Toleration } from '../generated/types.js';

type Taint = Pick<V1Taint, 'key' | 'effect' | 'value'>;

/**
 * core/v1 Toleration.ToleratesTaint. An empty key with Exists tolerates everything, an empty effect every effect; an empty
 * operator is Equal.
 */
export function toleratesTaint(toleration: V1Toleration, taint: Taint): boolean {
  const { effect = '', key = '', operator = '', value = '' } = toleration;
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return (operator === '' || operator === 'Equal') && key !== '' && value === (taint.value ?? '');
}
