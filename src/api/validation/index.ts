export { validateAccessReview } from './access-review.js';
export { validateCreate, validateUpdate } from './validate.js';
export { formatFieldError, formatFieldErrorBody } from './field-error.js';
export type { FieldError, FieldErrorType } from './field-error.js';
