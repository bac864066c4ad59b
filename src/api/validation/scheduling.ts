import { isUnset, listOf, maybe } from '../absent.js';
import type {
  V1Affinity,
  V1NodeAffinity,
  V1NodeSelector,
  V1NodeSelectorTerm,
  V1PodAffinityTerm,
  V1Toleration,
  V1TopologySpreadConstraint,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkProblems } from './checks.js';
import { forbidden, invalid, notSupported, required } from './field-error.js';
import { checkLabelSelector } from './label-selector.js';
import { labelKeyProblems } from './names.js';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function checkTolerations(
  tolerations: readonly V1Toleration[],
  field: string,
  errors: Errors,
): void {
  tolerations.forEach((toleration, index) => {
    checkToleration(toleration, `${field}[${String(index)}]`, errors);
  });
}

function checkToleration(toleration: V1Toleration, place: string, errors: Errors): void {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
  if (key !== '') checkProblems(labelKeyProblems(key), `${place}.key`, key, errors);
  else if (operator !== 'Exists') {
    const text =
      'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(invalid(`${place}.operator`, operator, text));
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    const text = "effect must be 'NoExecute' when `tolerationSeconds` is set";
    errors.push(invalid(`${place}.effect`, effect, text));
  }
  if (operator === 'Exists') {
    const text = "value must be empty when `operator` is 'Exists'";
    if (value !== '') errors.push(invalid(`${place}.operator`, toleration, text));
  } else if (operator !== '' && operator !== 'Equal') {
    errors.push(notSupported(`${place}.operator`, operator, ['Equal', 'Exists']));
  }
  if (effect !== '' && !EFFECTS.includes(effect)) {
    errors.push(notSupported(`${place}.effect`, effect, EFFECTS));
  }
}

export function checkSpread(
  constraints: readonly V1TopologySpreadConstraint[],
  field: string,
  errors: Errors,
): void {
  constraints.forEach((constraint, index) => {
    const place = `${field}[${String(index)}]`;
    const { maxSkew, topologyKey, whenUnsatisfiable, labelSelector } = constraint;
    if (!(maxSkew > 0)) {
      errors.push(invalid(`${place}.maxSkew`, maybe(maxSkew) ?? 0, 'must be greater than zero'));
    }
    if (isUnset(topologyKey)) errors.push(required(`${place}.topologyKey`, 'can not be empty'));
    else checkProblems(labelKeyProblems(topologyKey), `${place}.topologyKey`, topologyKey, errors);
    if (whenUnsatisfiable !== 'DoNotSchedule' && whenUnsatisfiable !== 'ScheduleAnyway') {
      const supported = ['DoNotSchedule', 'ScheduleAnyway'];
      errors.push(notSupported(`${place}.whenUnsatisfiable`, whenUnsatisfiable, supported));
    }
    checkLabelSelector(labelSelector, `${place}.labelSelector`, errors);
  });
}

export function checkAffinity(
  affinity: V1Affinity | undefined,
  field: string,
  errors: Errors,
): void {
  if (affinity === undefined) return;
  if (affinity.nodeAffinity !== undefined) {
    checkNodeAffinity(affinity.nodeAffinity, `${field}.nodeAffinity`, errors);
  }
  for (const name of ['podAffinity', 'podAntiAffinity'] as const) {
    const place = `${field}.${name}`;
    const required = `${place}.requiredDuringSchedulingIgnoredDuringExecution`;
    listOf(affinity[name]?.requiredDuringSchedulingIgnoredDuringExecution).forEach(
      (term, index) => {
        checkPodTerm(term, `${required}[${String(index)}]`, errors);
      },
    );
    const preferred = `${place}.preferredDuringSchedulingIgnoredDuringExecution`;
    listOf(affinity[name]?.preferredDuringSchedulingIgnoredDuringExecution).forEach(
      (term, index) => {
        const at = `${preferred}[${String(index)}]`;
        checkWeight(term.weight, at, errors);
        const podTerm = maybe(term.podAffinityTerm);
        if (podTerm !== undefined) checkPodTerm(podTerm, `${at}.podAffinityTerm`, errors);
      },
    );
  }
}

function checkWeight(weight: number, place: string, errors: Errors): void {
  if (weight > 0 && weight <= 100) return;
  errors.push(invalid(`${place}.weight`, weight, 'must be in the range 1-100'));
}

function checkPodTerm(term: V1PodAffinityTerm, place: string, errors: Errors): void {
  checkLabelSelector(term.labelSelector, `${place}.labelSelector`, errors);
  checkLabelSelector(term.namespaceSelector, `${place}.namespaceSelector`, errors);
  const { topologyKey } = term;
  if (isUnset(topologyKey)) errors.push(required(`${place}.topologyKey`, 'can not be empty'));
  else checkProblems(labelKeyProblems(topologyKey), `${place}.topologyKey`, topologyKey, errors);
}

function checkNodeAffinity(affinity: V1NodeAffinity, field: string, errors: Errors): void {
  const selector = affinity.requiredDuringSchedulingIgnoredDuringExecution;
  if (selector !== undefined) {
    const place = `${field}.requiredDuringSchedulingIgnoredDuringExecution`;
    checkNodeSelector(selector, place, errors);
  }
  const preferred = `${field}.preferredDuringSchedulingIgnoredDuringExecution`;
  listOf(affinity.preferredDuringSchedulingIgnoredDuringExecution).forEach((term, index) => {
    const at = `${preferred}[${String(index)}]`;
    checkWeight(term.weight, at, errors);
    const preference = maybe(term.preference);
    if (preference !== undefined) checkNodeTerm(preference, `${at}.preference`, errors);
  });
}

/** core ValidateNodeSelector. */
export function checkNodeSelector(selector: V1NodeSelector, field: string, errors: Errors): void {
  const place = `${field}.nodeSelectorTerms`;
  const terms = listOf(selector.nodeSelectorTerms);
  if (terms.length === 0) errors.push(required(place, 'must have at least one node selector term'));
  terms.forEach((term, index) => {
    checkNodeTerm(term, `${place}[${String(index)}]`, errors);
  });
}

function checkNodeTerm(term: V1NodeSelectorTerm, place: string, errors: Errors): void {
  listOf(term.matchExpressions).forEach((each, index) => {
    const at = `${place}.matchExpressions[${String(index)}]`;
    const values = listOf(each.values);
    checkNodeOperator(each.operator, values, at, errors);
    checkProblems(labelKeyProblems(each.key), `${at}.key`, each.key, errors);
  });
}

function checkNodeOperator(
  operator: string,
  values: readonly string[],
  place: string,
  errors: Errors,
): void {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) return;
      errors.push(
        required(`${place}.values`, "must be specified when `operator` is 'In' or 'NotIn'"),
      );
      return;
    case 'Exists':
    case 'DoesNotExist': {
      const text = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      if (values.length > 0) errors.push(forbidden(`${place}.values`, text));
      return;
    }
    case 'Gt':
    case 'Lt': {
      const text = "must be specified single value when `operator` is 'Lt' or 'Gt'";
      if (values.length !== 1) errors.push(required(`${place}.values`, text));
      return;
    }
    default:
      errors.push(invalid(`${place}.operator`, operator, 'not a valid selector operator'));
  }
}
