import { maybe } from '../absent.js';
import type {
  V1ExemptPriorityLevelConfiguration,
  V1LimitedPriorityLevelConfiguration,
  V1LimitResponse,
  V1PriorityLevelConfiguration,
  V1PriorityLevelConfigurationSpec,
  V1QueuingConfiguration,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { forbidden, invalid, notSupported, required } from './field-error.js';
import { checkFlowConditions } from './flow-schema.js';
import { semanticEqual } from './json-equal.js';
import { MANDATORY_LEVELS } from './mandatory-flow-control.js';

const TYPES = ['Exempt', 'Limited'];

/** flowcontrol ValidatePriorityLevelConfiguration. */
export function checkPriorityLevel(level: V1PriorityLevelConfiguration, errors: Errors): void {
  const name = level.metadata?.name ?? '';
  checkSpec(level.spec, name, errors);
  checkMandatory(level.spec, name, errors);
  checkFlowConditions(level, errors);
}

function checkSpec(
  spec: V1PriorityLevelConfigurationSpec | undefined,
  name: string,
  errors: Errors,
): void {
  const type = spec?.type ?? '';
  const { exempt, limited } = spec ?? {};
  if ((name === 'exempt') !== (type === 'Exempt')) {
    const text = "type must be 'Exempt' if and only if `name` is 'exempt'";
    errors.push(invalid('spec.type', type, text));
  }
  switch (type) {
    case 'Exempt':
      if (limited !== undefined)
        errors.push(forbidden('spec.limited', 'must be nil if the type is not Limited'));
      if (exempt !== undefined) checkShares(exempt, 'spec.exempt', errors);
      if (exempt !== undefined) checkLendable(exempt, 'spec.exempt', errors);
      return;
    case 'Limited':
      if (exempt !== undefined)
        errors.push(forbidden('spec.exempt', 'must be nil if the type is Limited'));
      if (limited === undefined)
        errors.push(required('spec.limited', 'must not be empty when type is Limited'));
      else checkLimited(limited, 'spec.limited', errors);
      return;
    default:
      errors.push(notSupported('spec.type', type, TYPES));
  }
}

/** Of the exempt level, its shares may be changed; of the other one nothing. */
function checkMandatory(
  spec: V1PriorityLevelConfigurationSpec | undefined,
  name: string,
  errors: Errors,
): void {
  const fixed = MANDATORY_LEVELS.get(name);
  if (fixed === undefined) return;
  const isExempt = name === 'exempt';
  const { exempt: _changeable, ...rest } = spec ?? {};
  if (semanticEqual(isExempt ? rest : spec, fixed)) return;
  const but = isExempt ? " except the 'spec.exempt' field" : '';
  errors.push(invalid('spec', spec, `spec of '${name}'${but} must equal the fixed value`));
}

function checkShares(
  { nominalConcurrencyShares: shares = 0 }: V1ExemptPriorityLevelConfiguration,
  place: string,
  errors: Errors,
): void {
  if (shares >= 0) return;
  const field = `${place}.nominalConcurrencyShares`;
  errors.push(invalid(field, shares, 'must be a non-negative integer'));
}

function checkLendable(
  { lendablePercent: percent = 0 }: V1ExemptPriorityLevelConfiguration,
  place: string,
  errors: Errors,
): void {
  if (percent >= 0 && percent <= 100) return;
  const field = `${place}.lendablePercent`;
  errors.push(invalid(field, percent, 'must be between 0 and 100, inclusive'));
}

function checkLimited(
  limited: V1LimitedPriorityLevelConfiguration,
  place: string,
  errors: Errors,
): void {
  checkShares(limited, place, errors);
  checkLimitResponse(limited.limitResponse, `${place}.limitResponse`, errors);
  checkLendable(limited, place, errors);
  const { borrowingLimitPercent: borrowed = 0 } = limited;
  if (borrowed >= 0) return;
  const field = `${place}.borrowingLimitPercent`;
  errors.push(invalid(field, borrowed, 'must be a non-negative integer'));
}

function checkLimitResponse(
  response: V1LimitResponse | undefined,
  place: string,
  errors: Errors,
): void {
  const type = maybe(response?.type) ?? '';
  const queuing = response?.queuing;
  const field = `${place}.queuing`;
  if (type === 'Queue') {
    const text = 'must not be empty if limited.limitResponse.type is Limited';
    if (queuing === undefined) errors.push(required(field, text));
    else checkQueuing(queuing, field, errors);
  } else if (type === 'Reject') {
    const text = 'must be nil if limited.limitResponse.type is not Limited';
    if (queuing !== undefined) errors.push(forbidden(field, text));
  } else errors.push(notSupported(`${place}.type`, type, ['Queue', 'Reject']));
}

const QUEUES_MAX = 10_000_000;
/** The bits of the hash that a flow's hand of queues is dealt from (apiserver shufflesharding). */
const HASH_BITS_MAX = 60;

function checkQueuing(
  { queues = 0, handSize = 0, queueLengthLimit = 0 }: V1QueuingConfiguration,
  place: string,
  errors: Errors,
): void {
  if (queueLengthLimit <= 0)
    errors.push(invalid(`${place}.queueLengthLimit`, queueLengthLimit, 'must be positive'));
  if (queues <= 0) errors.push(invalid(`${place}.queues`, queues, 'must be positive'));
  else if (queues > QUEUES_MAX) {
    const text = `must not be greater than ${String(QUEUES_MAX)}`;
    errors.push(invalid(`${place}.queues`, queues, text));
  }
  const problem = handProblem(queues, handSize);
  if (problem !== undefined) errors.push(invalid(`${place}.handSize`, handSize, problem));
}

function handProblem(queues: number, handSize: number): string | undefined {
  if (handSize <= 0) return 'must be positive';
  if (handSize > queues) return `should not be greater than queues (${String(queues)})`;
  if (Math.ceil(Math.log2(queues) * handSize) <= HASH_BITS_MAX) return undefined;
  return (
    `required entropy bits of deckSize ${String(queues)} and handSize ${String(handSize)} ` +
    `should not be greater than ${String(HASH_BITS_MAX)}`
  );
}
