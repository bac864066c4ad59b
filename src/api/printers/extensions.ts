import { listOf, maybe } from '../absent.js';
import type {
  V1APIService,
  V1CertificateSigningRequest,
  V1CertificateSigningRequestStatus,
  V1FlowSchema,
  V1MutatingAdmissionPolicy,
  V1ParamKind,
  V1ParamRef,
  V1PriorityLevelConfiguration,
  V1RuntimeClass,
  V1ValidatingAdmissionPolicy,
  V1ValidatingAdmissionPolicyBinding,
  V1ValidatingWebhookConfiguration,
} from '../generated/types.js';
import { humanDuration } from './human-duration.js';
import type { Printer } from './printer.js';
import { AGE, column, NAME, NONE, since } from './printer.js';

const UNSET = '<unset>';

/** Of mutating ones and of validating ones. */
export const webhookConfigurationPrinter: Printer<V1ValidatingWebhookConfiguration> = {
  columns: [NAME, column('Webhooks', 'integer', 'How many webhooks it names.'), AGE],
  cells: ({ metadata, webhooks }, nowMs) => [
    metadata?.name ?? '',
    listOf(webhooks).length,
    since(metadata?.creationTimestamp, nowMs),
  ],
};

export const validatingAdmissionPolicyPrinter: Printer<V1ValidatingAdmissionPolicy> = {
  columns: [
    NAME,
    column('Validations', 'integer', 'How many validations it has.'),
    column('ParamKind', 'string', 'The kind of its parameters.'),
    AGE,
  ],
  cells: ({ metadata, spec }, nowMs) => [
    metadata?.name ?? '',
    listOf(spec?.validations).length,
    paramKindText(spec?.paramKind),
    since(metadata?.creationTimestamp, nowMs),
  ],
};

export const mutatingAdmissionPolicyPrinter: Printer<V1MutatingAdmissionPolicy> = {
  columns: [
    NAME,
    column('Mutations', 'integer', 'How many mutations it has.'),
    column('ParamKind', 'string', 'The kind of its parameters.'),
    AGE,
  ],
  cells: ({ metadata, spec }, nowMs) => [
    metadata?.name ?? '',
    listOf(spec?.mutations).length,
    paramKindText(spec?.paramKind),
    since(metadata?.creationTimestamp, nowMs),
  ],
};

function paramKindText(kind: V1ParamKind | undefined): string {
  return kind === undefined ? UNSET : `${kind.apiVersion ?? ''}/${kind.kind ?? ''}`;
}

/** Of mutating policies and of validating ones. */
export const admissionPolicyBindingPrinter: Printer<V1ValidatingAdmissionPolicyBinding> = {
  columns: [
    NAME,
    column('PolicyName', 'string', 'The policy that it puts to work.'),
    column('ParamRef', 'string', 'The parameters that it gives it.'),
    AGE,
  ],
  cells: ({ metadata, spec }, nowMs) => [
    metadata?.name ?? '',
    maybe(maybe(spec)?.policyName) ?? '',
    paramRefText(maybe(spec)?.paramRef),
    since(metadata?.creationTimestamp, nowMs),
  ],
};

function paramRefText(reference: V1ParamRef | undefined): string {
  if (reference === undefined) return UNSET;
  if (reference.namespace === undefined) return reference.name ?? '*';
  return `${reference.namespace}/${reference.name ?? '*'}`;
}

export const apiServicePrinter: Printer<V1APIService> = {
  columns: [
    NAME,
    column('Service', 'string', 'The Service that serves it.'),
    column('Available', 'string', 'Whether it is served.'),
    AGE,
  ],
  cells: ({ metadata, spec, status }, nowMs) => {
    const service = spec?.service;
    const available = listOf(status?.conditions).find((each) => each.type === 'Available');
    const reason = available?.status === 'True' ? '' : ` (${available?.reason ?? ''})`;
    return [
      metadata?.name ?? '',
      service === undefined ? 'Local' : `${service.namespace ?? ''}/${service.name ?? ''}`,
      available === undefined ? 'Unknown' : `${available.status}${reason}`,
      since(metadata?.creationTimestamp, nowMs),
    ];
  },
};

export const flowSchemaPrinter: Printer<V1FlowSchema> = {
  columns: [
    NAME,
    column('PriorityLevel', 'string', 'The priority level of what it matches.'),
    column('MatchingPrecedence', 'integer', 'The lower, the earlier it is tried.'),
    column('DistinguisherMethod', 'string', 'By what requests are told apart.'),
    AGE,
    column('MissingPL', 'string', 'Whether its priority level is not there.'),
  ],
  cells: ({ metadata, spec, status }, nowMs) => [
    metadata?.name ?? '',
    maybe(spec?.priorityLevelConfiguration)?.name ?? '',
    spec?.matchingPrecedence ?? 0,
    spec?.distinguisherMethod?.type ?? NONE,
    since(metadata?.creationTimestamp, nowMs),
    listOf(status?.conditions).find((each) => each.type === 'Dangling')?.status ?? '?',
  ],
};

export const priorityLevelPrinter: Printer<V1PriorityLevelConfiguration> = {
  columns: [
    NAME,
    column('Type', 'string', 'Whether it is limited.'),
    column('NominalConcurrencyShares', 'integer', 'Its share of the requests at one time.'),
    column('Queues', 'integer', 'How many queues it has.'),
    column('HandSize', 'integer', 'How many queues a flow is dealt.'),
    column('QueueLengthLimit', 'integer', 'How many requests a queue holds.'),
    AGE,
  ],
  cells: ({ metadata, spec }, nowMs) => {
    const queuing = spec?.limited?.limitResponse?.queuing;
    return [
      metadata?.name ?? '',
      maybe(spec?.type) ?? '',
      spec?.limited?.nominalConcurrencyShares ?? NONE,
      queuing?.queues ?? NONE,
      queuing?.handSize ?? NONE,
      queuing?.queueLengthLimit ?? NONE,
      since(metadata?.creationTimestamp, nowMs),
    ];
  },
};

export const runtimeClassPrinter: Printer<V1RuntimeClass> = {
  columns: [NAME, column('Handler', 'string', 'What the runtime calls it.'), AGE],
  cells: ({ metadata, handler }, nowMs) => [
    metadata?.name ?? '',
    maybe(handler) ?? '',
    since(metadata?.creationTimestamp, nowMs),
  ],
};

export const certificateSigningRequestPrinter: Printer<V1CertificateSigningRequest> = {
  columns: [
    NAME,
    AGE,
    column('SignerName', 'string', 'Who is asked to sign it.'),
    column('Requestor', 'string', 'Who asks.'),
    column('RequestedDuration', 'string', 'For how long it should be valid.'),
    column('Condition', 'string', 'Whether it is approved, denied, issued.'),
  ],
  cells: ({ metadata, spec, status }, nowMs) => {
    const asked = maybe(spec);
    const seconds = asked?.expirationSeconds;
    return [
      metadata?.name ?? '',
      since(metadata?.creationTimestamp, nowMs),
      maybe(asked?.signerName) ?? '',
      asked?.username ?? '',
      seconds === undefined ? NONE : humanDuration(seconds * 1000),
      conditionText(status),
    ];
  },
};

/** A denial counts more than an approval. */
function conditionText(status: V1CertificateSigningRequestStatus | undefined): string {
  const has = (type: string): boolean =>
    listOf(status?.conditions).some((each) => each.type === type);
  const words = [has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'];
  if (has('Failed')) words.push('Failed');
  if ((status?.certificate ?? '') !== '') words.push('Issued');
  return words.join(',');
}
