export { EVERYTHING, labelSelectorFromObject, parseLabelSelector } from './label-selector.js';
export type {
  LabelRequirement,
  LabelSelector,
  LabelSelectorMatcher,
  LabelSelectorRequirement,
  Labels,
} from './label-selector.js';
export { parseFieldSelector } from './field-selector.js';
export type { FieldRequirement, FieldSelectorMatcher } from './field-selector.js';
export { selectableFields, unsupportedFieldLabel } from './selectable-fields.js';
