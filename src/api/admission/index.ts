export { denialStatus } from './denial.js';
export { compileConditions, evaluateConditions } from './match-conditions.js';
export type { CompiledCondition, ConditionOutcome } from './match-conditions.js';
export { admissionReview, admissionReviewVersion, readAdmission } from './review.js';
export type {
  AdmissionAnswer,
  AdmissionRequest,
  GroupVersionKind,
  ReviewedUser,
} from './review.js';
export { matchesRule } from './rule-match.js';
export type { RuleSubject } from './rule-match.js';
