/** What one call of an expression may cost (apiserver, celconfig.PerCallLimit). */
export const CALL_COST_MAX = 1_000_000;

/** What the expressions of a policy may cost for one binding and one parameter, and a mutation (RuntimeCELCostBudget). */
export const POLICY_COST_MAX = 10_000_000;

export const OUT_OF_BUDGET =
  'validation failed due to running out of cost budget, no further validation rules will be run';

export function resultedInError(expression: string, message: string): string {
  return `expression '${expression}' resulted in error: ${message}`;
}
