import { listOf, maybe } from '../absent.js';
import type {
  V1APIService,
  V1FlowSchema,
  V1MatchResources,
  V1MutatingAdmissionPolicy,
  V1MutatingWebhookConfiguration,
  V1PriorityLevelConfiguration,
  V1ValidatingAdmissionPolicy,
  V1ValidatingAdmissionPolicyBinding,
  V1ValidatingWebhook,
  V1ValidatingWebhookConfiguration,
} from '../generated/types.js';

const HTTPS_PORT = 443;

export function setValidatingWebhooksDefaults(object: V1ValidatingWebhookConfiguration): void {
  for (const webhook of listOf(object.webhooks)) setWebhookDefaults(webhook);
}

export function setMutatingWebhooksDefaults(object: V1MutatingWebhookConfiguration): void {
  for (const webhook of listOf(object.webhooks)) {
    setWebhookDefaults(webhook);
    webhook.reinvocationPolicy ??= 'Never';
  }
}

function setWebhookDefaults(webhook: V1ValidatingWebhook): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= 10;
  const service = maybe(webhook.clientConfig)?.service;
  if (service !== undefined) service.port ??= HTTPS_PORT;
  for (const rule of listOf(webhook.rules)) rule.scope ??= '*';
}

/** Of both kinds of admission policies. */
export function setAdmissionPolicyDefaults(
  policy: V1ValidatingAdmissionPolicy | V1MutatingAdmissionPolicy,
): void {
  const { spec } = policy;
  if (spec === undefined) return;
  spec.failurePolicy ??= 'Fail';
  setMatchDefaults(spec.matchConstraints);
}

/** Of both kinds of bindings. */
export function setAdmissionPolicyBindingDefaults(
  binding: V1ValidatingAdmissionPolicyBinding,
): void {
  setMatchDefaults(maybe(binding.spec)?.matchResources);
}

function setMatchDefaults(match: V1MatchResources | undefined): void {
  if (match === undefined) return;
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  for (const rule of [...listOf(match.resourceRules), ...listOf(match.excludeResourceRules)])
    rule.scope ??= '*';
}

export function setApiServiceDefaults(service: V1APIService): void {
  const reference = service.spec?.service;
  if (reference !== undefined) reference.port ??= HTTPS_PORT;
}

export function setFlowSchemaDefaults(schema: V1FlowSchema): void {
  if (schema.spec !== undefined) schema.spec.matchingPrecedence ??= 1000;
}

export function setPriorityLevelDefaults(level: V1PriorityLevelConfiguration): void {
  const { limited, exempt } = level.spec ?? {};
  if (exempt !== undefined) {
    exempt.nominalConcurrencyShares ??= 0;
    exempt.lendablePercent ??= 0;
  }
  if (limited === undefined) return;
  limited.nominalConcurrencyShares ??= 30;
  limited.lendablePercent ??= 0;
  const queuing = limited.limitResponse?.queuing;
  if (queuing === undefined) return;
  queuing.queues ??= 64;
  queuing.handSize ??= 8;
  queuing.queueLengthLimit ??= 50;
}
