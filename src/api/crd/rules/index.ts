export { checkRules } from './check-rules.js';
export { declare } from './declare.js';
export { readFieldPath } from './field-path.js';
export { hasRules, validateRules } from './validate-rules.js';
