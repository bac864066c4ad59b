import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';

export type EnforcementAction = 'deny' | 'warn' | 'audit';

export type MutationErrorType = 'no_error' | 'compile_error' | 'out_of_budget' | 'invalid_error';

/** What is counted of admission policies, under Kubernetes' names. There are as many series as there are bindings. */
export interface PolicyMetrics {
  /** A validation did not hold, or could not be evaluated, and that had this effect. */
  checked(policy: string, binding: string, errorType: string, action: EnforcementAction): void;
  /** A mutation was carried out, or could not be. */
  mutated(policy: string, binding: string, errorType: MutationErrorType): void;
}

export function createPolicyMetrics(registry: Registry): PolicyMetrics {
  const checks = new Counter({
    name: 'apiserver_validating_admission_policy_check_total',
    help: 'Validations of admission policies that did not hold, by what came of it.',
    labelNames: ['policy', 'policy_binding', 'error_type', 'enforcement_action'],
    registers: [registry],
  });
  const mutations = new Counter({
    name: 'apiserver_mutating_admission_policy_check_total',
    help: 'Mutations of admission policies, by what came of them.',
    labelNames: ['policy', 'policy_binding', 'error_type'],
    registers: [registry],
  });
  return {
    checked(policy, binding, errorType, action) {
      checks.inc({
        policy,
        policy_binding: binding,
        error_type: errorType,
        enforcement_action: action,
      });
    },
    mutated(policy, binding, errorType) {
      mutations.inc({ policy, policy_binding: binding, error_type: errorType });
    },
  };
}
