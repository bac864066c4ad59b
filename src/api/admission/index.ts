export { compileMutations } from './compile-mutations.js';
export type { CompiledMutation, CompiledMutations } from './compile-mutations.js';
export { compilePolicy } from './compile-policy.js';
export type { CompiledPolicy } from './compile-policy.js';
export type { CompiledExpression } from './compile-expression.js';
export { denialStatus } from './denial.js';
export { evaluateMutation, evaluateMutationConditions } from './evaluate-mutation.js';
export type { MutationPatch } from './evaluate-mutation.js';
export { evaluatePolicy } from './evaluate-policy.js';
export type { PolicyAnnotation, PolicyDenial, PolicyResult } from './evaluate-policy.js';
export { expressionValues } from './expression-values.js';
export type { ExpressionSubject } from './expression-values.js';
export { compileConditions, evaluateConditions } from './match-conditions.js';
export type { ConditionOutcome } from './match-conditions.js';
export { mutationDenialStatus, policyDenialStatus } from './policy-denial.js';
export { admissionReview, admissionReviewVersion, readAdmission } from './review.js';
export type {
  AdmissionAnswer,
  AdmissionRequest,
  GroupVersionKind,
  ReviewedUser,
} from './review.js';
export { typeWarnings } from './type-check.js';
export { matchesRule } from './rule-match.js';
export type { RuleSubject } from './rule-match.js';
export type { AccessCheck, AccessDecision, Decide } from '../cel/index.js';
