export {
  EVERYTHING,
  labelSelectorFromLabels,
  labelSelectorFromObject,
  labelSelectorText,
  parseLabelSelector,
} from './label-selector.js';
export type {
  LabelSelector,
  LabelSelectorMatcher,
  LabelSelectorRequirement,
} from './label-selector.js';
export type { LabelRequirement, Labels } from './label-requirement.js';
export { parseFieldSelector } from './field-selector.js';
export type { FieldRequirement, FieldSelectorMatcher } from './field-selector.js';
export { selectableFields, unsupportedFieldLabel } from './selectable-fields.js';
