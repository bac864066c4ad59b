export { chargeQuotas, isInQuotaScopes, type QuotaWrite } from './charge-quotas.js';
export type { CountedResource, QuotaEvaluator } from './evaluator.js';
export { quotaEvaluatorOf } from './evaluators.js';
export { isMeasured, quotaStatus, usageIn, usageOfCount } from './quota-status.js';
export type { ResourceAmounts } from './resource-amounts.js';
export { growthOf, sumOfAmounts } from './resource-amounts.js';
