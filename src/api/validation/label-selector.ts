import { listOf } from '../absent.js';
import type { V1LabelSelector, V1LabelSelectorRequirement } from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkProblems } from './checks.js';
import { forbidden, invalid, required } from './field-error.js';
import { labelKeyProblems, labelValueProblems } from './names.js';

/** A map of labels; errors name the map, as Kubernetes has it. */
export function checkLabels(
  labels: Readonly<Record<string, string>> | undefined,
  field: string,
  errors: Errors,
): void {
  if (labels === undefined) return;
  for (const [key, value] of Object.entries(labels)) {
    checkProblems(labelKeyProblems(key), field, key, errors);
    checkProblems(labelValueProblems(value), field, value, errors);
  }
}

export function checkLabelSelector(
  selector: V1LabelSelector | undefined,
  field: string,
  errors: Errors,
): void {
  checkLabels(selector?.matchLabels, `${field}.matchLabels`, errors);
  listOf(selector?.matchExpressions).forEach((each, index) => {
    checkRequirement(each, `${field}.matchExpressions[${String(index)}]`, errors);
  });
}

function checkRequirement(
  requirement: V1LabelSelectorRequirement,
  field: string,
  errors: Errors,
): void {
  const { key, operator } = requirement;
  const values = listOf(requirement.values);
  if (operator === 'In' || operator === 'NotIn') {
    const text = "must be specified when `operator` is 'In' or 'NotIn'";
    if (values.length === 0) errors.push(required(`${field}.values`, text));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const text = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    if (values.length > 0) errors.push(forbidden(`${field}.values`, text));
  } else {
    errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'));
  }
  checkProblems(labelKeyProblems(key), `${field}.key`, key, errors);
  values.forEach((value, index) => {
    checkProblems(labelValueProblems(value), `${field}.values[${String(index)}]`, value, errors);
  });
}
