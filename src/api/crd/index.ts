export { planDefinitionStatus } from './accept-names.js';
export { setDefinitionDefaults } from './set-definition-defaults.js';
export { customResourcesOf, isEstablished } from './custom-resource.js';
export type { CustomApiResource } from './custom-resource.js';
export type { CustomConversion, CustomType, ScalePaths } from './custom-type.js';
export {
  decodeCustomObject,
  defaultedAsStored,
  inVersion,
  nestedValue,
  prunedAsConverted,
  setCustomDefaults,
  toServedVersion,
  validateCustomObject,
  withNestedValue,
} from './custom-object.js';
export type { JsonSchema, ValidationRule } from './json-schema.js';
export {
  conversionReview,
  conversionReviewVersion,
  kindText,
  readConversion,
} from './conversion-review.js';
export type { ConversionQuestion } from './conversion-review.js';
