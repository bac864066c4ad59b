import { listOf } from '../absent.js';
import type { V1LabelSelector, V1PodTemplateSpec } from '../generated/types.js';
import { labelSelectorFromObject } from '../selector/index.js';
import type { Errors } from './checks.js';
import { forbidden, invalid, notSupported, required } from './field-error.js';
import { checkLabelSelector, checkLabels } from './label-selector.js';
import { checkAnnotations } from './object-meta.js';
import { checkPodSpec } from './pod-spec.js';

/** The words that Kubernetes has for a kind of workload. */
export interface WorkloadWords {
  /** In `empty selector is invalid for deployment`. */
  readonly selected: string;
  /** In `activeDeadlineSeconds in ReplicaSet is not Supported`. */
  readonly kind: string;
}

/** The selector says something, and selects what the template makes, which runs until it is told to end. */
export function checkSelectorAndTemplate(
  selector: V1LabelSelector | undefined,
  template: V1PodTemplateSpec | undefined,
  words: WorkloadWords,
  errors: Errors,
): void {
  if (selector === undefined) errors.push(required('spec.selector'));
  else {
    checkLabelSelector(selector, 'spec.selector', errors);
    const { matchLabels = {}, matchExpressions } = selector;
    if (Object.keys(matchLabels).length + listOf(matchExpressions).length === 0) {
      const text = `empty selector is invalid for ${words.selected}`;
      errors.push(invalid('spec.selector', selector, text));
    }
  }
  if (!checkSelected(selector, template, errors)) return;
  checkTemplate(template, 'spec.template', errors);
  checkRunsForever(template, words.kind, errors);
}

/** False: the selector itself is wrong, and nothing more can be said. */
export function checkSelected(
  selector: V1LabelSelector | undefined,
  template: V1PodTemplateSpec | undefined,
  errors: Errors,
): boolean {
  const matcher = labelSelectorFromObject(selector);
  if (!matcher.ok) {
    errors.push(invalid('spec.selector', selector, 'invalid label selector'));
    return false;
  }
  const labels = template?.metadata?.labels ?? {};
  if (selector !== undefined && !matcher.value.matches(labels)) errors.push(notSelected(labels));
  return true;
}

export function notSelected(labels: Readonly<Record<string, string>>): ReturnType<typeof invalid> {
  const text = '`selector` does not match template `labels`';
  return invalid('spec.template.metadata.labels', labels, text);
}

/** What is checked of every pod template. */
export function checkTemplate(
  template: V1PodTemplateSpec | undefined,
  field: string,
  errors: Errors,
): void {
  const { metadata, spec } = template ?? {};
  checkLabels(metadata?.labels, `${field}.labels`, errors);
  checkAnnotations(metadata?.annotations, `${field}.annotations`, errors);
  checkPodSpec(spec, `${field}.spec`, errors);
  if (listOf(spec?.ephemeralContainers).length > 0) {
    const text = 'ephemeral containers not allowed in pod template';
    errors.push(forbidden(`${field}.spec.ephemeralContainers`, text));
  }
}

export function checkRunsForever(
  template: V1PodTemplateSpec | undefined,
  kind: string,
  errors: Errors,
): void {
  const field = 'spec.template.spec';
  const spec = template?.spec;
  const { restartPolicy = '' } = spec ?? {};
  if (spec !== undefined && restartPolicy !== 'Always') {
    errors.push(notSupported(`${field}.restartPolicy`, restartPolicy, ['Always']));
  }
  if (spec?.activeDeadlineSeconds !== undefined) {
    const text = `activeDeadlineSeconds in ${kind} is not Supported`;
    errors.push(forbidden(`${field}.activeDeadlineSeconds`, text));
  }
}
