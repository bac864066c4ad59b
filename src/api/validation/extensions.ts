import { isUnset, listOf, maybe } from '../absent.js';
import type {
  V1APIService,
  V1CertificateSigningRequest,
  V1RuleWithOperations,
  V1ValidatingWebhook,
  V1ValidatingWebhookConfiguration,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkImmutable, checkProblems } from './checks.js';
import { duplicate, invalid, notSupported, required } from './field-error.js';
import { checkLabelSelector } from './label-selector.js';
import { checkMatchConditions } from './match-conditions.js';
import { dnsSubdomainProblems } from './names.js';
import { checkRuleResources } from './rule-resources.js';
import { checkWebhookClient } from './webhook-client.js';

/** Of mutating ones and of validating ones. */
export function checkWebhooks(object: V1ValidatingWebhookConfiguration, errors: Errors): void {
  const names = new Set<string>();
  listOf(object.webhooks).forEach((webhook, index) => {
    const field = `webhooks[${String(index)}]`;
    checkWebhook(webhook, field, errors);
    const name = maybe(webhook.name) ?? '';
    if (names.has(name)) errors.push(duplicate(`${field}.name`, name));
    names.add(name);
  });
}

const FAILURE_POLICIES = ['Fail', 'Ignore'];
const MATCH_POLICIES = ['Equivalent', 'Exact'];
const SIDE_EFFECTS = ['None', 'NoneOnDryRun'];
const TIMEOUT_SECONDS_MAX = 30;

function checkWebhook(webhook: V1ValidatingWebhook, field: string, errors: Errors): void {
  const { failurePolicy, matchPolicy, sideEffects, timeoutSeconds } = webhook;
  const name = maybe(webhook.name) ?? '';
  checkQualifiedDomain(name, `${field}.name`, errors);
  const versions = listOf(webhook.admissionReviewVersions);
  const place = `${field}.admissionReviewVersions`;
  if (versions.length === 0) errors.push(required(place, 'must specify one of v1, v1beta1'));
  else if (!versions.some((each) => each === 'v1' || each === 'v1beta1')) {
    const text = 'must include at least one of v1, v1beta1';
    errors.push(invalid(place, versions, text));
  }
  versions.forEach((version, index) => {
    if (versions.indexOf(version) < index)
      errors.push(invalid(`${place}[${String(index)}]`, version, 'duplicate version'));
  });
  listOf(webhook.rules).forEach((rule, index) => {
    checkOperations(rule, `${field}.rules[${String(index)}]`, errors);
  });
  checkSupported(failurePolicy, FAILURE_POLICIES, `${field}.failurePolicy`, errors);
  checkSupported(matchPolicy, MATCH_POLICIES, `${field}.matchPolicy`, errors);
  if (isUnset(maybe(sideEffects))) {
    const text = 'must specify one of None, NoneOnDryRun';
    errors.push(required(`${field}.sideEffects`, text));
  } else checkSupported(sideEffects, SIDE_EFFECTS, `${field}.sideEffects`, errors);
  if (
    timeoutSeconds !== undefined &&
    (timeoutSeconds < 1 || timeoutSeconds > TIMEOUT_SECONDS_MAX)
  ) {
    const text = 'the timeout value must be between 1 and 30 seconds';
    errors.push(invalid(`${field}.timeoutSeconds`, timeoutSeconds, text));
  }
  checkLabelSelector(webhook.namespaceSelector, `${field}.namespaceSelector`, errors);
  checkLabelSelector(webhook.objectSelector, `${field}.objectSelector`, errors);
  checkReinvocation(webhook, field, errors);
  checkMatchConditions(webhook.matchConditions, `${field}.matchConditions`, errors);
  checkWebhookClient(maybe(webhook.clientConfig) ?? {}, `${field}.clientConfig`, errors);
}

const REINVOCATION_POLICIES = ['IfNeeded', 'Never'];

/** Of mutating ones only. */
function checkReinvocation(webhook: object, field: string, errors: Errors): void {
  const { reinvocationPolicy } = webhook as { readonly reinvocationPolicy?: string };
  const place = `${field}.reinvocationPolicy`;
  checkSupported(reinvocationPolicy, REINVOCATION_POLICIES, place, errors);
}

function checkSupported(
  value: string | undefined,
  supported: readonly string[],
  field: string,
  errors: Errors,
): void {
  if (value !== undefined && !supported.includes(value))
    errors.push(notSupported(field, value, supported));
}

/** At least three segments, as of somebody's own domain. */
function checkQualifiedDomain(name: string, field: string, errors: Errors): void {
  if (name === '') {
    errors.push(required(field));
    return;
  }
  const problems = dnsSubdomainProblems(name);
  checkProblems(problems, field, name, errors);
  if (problems.length === 0 && name.split('.').length < 3) {
    const text = 'should be a domain with at least three segments separated by dots';
    errors.push(invalid(field, name, text));
  }
}

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];

/** Of webhooks and of policies. */
export function checkOperations(rule: V1RuleWithOperations, field: string, errors: Errors): void {
  for (const name of ['operations', 'apiGroups', 'apiVersions', 'resources'] as const) {
    const list = listOf(rule[name]);
    const place = `${field}.${name}`;
    if (list.length === 0) errors.push(required(place));
    if (name !== 'resources' && list.length > 1 && list.includes('*')) {
      const text = "if '*' is present, must not specify other " + WORDS[name];
      errors.push(invalid(place, list, text));
    }
  }
  checkRuleResources(listOf(rule.resources), `${field}.resources`, errors);
  listOf(rule.operations).forEach((operation, index) => {
    checkSupported(operation, OPERATIONS, `${field}.operations[${String(index)}]`, errors);
  });
  checkSupported(rule.scope, SCOPES, `${field}.scope`, errors);
}

const WORDS = { operations: 'operations', apiGroups: 'API groups', apiVersions: 'API versions' };

/** apiregistration ValidateAPIService. */
export function checkApiService({ metadata, spec }: V1APIService, errors: Errors): void {
  const { group = '', version = '', service, caBundle, insecureSkipTLSVerify } = spec ?? {};
  const [name, wanted] = [metadata?.name ?? '', `${version}.${group}`];
  if (name !== wanted) {
    const text = `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`;
    errors.push(invalid('metadata.name', name, text));
  }
  if (group === '' && version !== 'v1')
    errors.push(
      required('spec.group', 'only v1 may have an empty group and it better be legacy kube'),
    );
  checkRange(spec?.groupPriorityMinimum, 20_000, 'groupPriorityMinimum', errors);
  checkRange(spec?.versionPriority, 1_000, 'versionPriority', errors);
  if (service === undefined) {
    if (!isUnset(caBundle)) {
      const text = 'local APIServices may not have a caBundle';
      errors.push(invalid('spec.caBundle', `${String(caBundle?.length ?? 0)} bytes`, text));
    }
    if (insecureSkipTLSVerify === true) {
      const text = 'local APIServices may not have insecureSkipTLSVerify';
      errors.push(invalid('spec.insecureSkipTLSVerify', true, text));
    }
    return;
  }
  if (isUnset(service.name)) errors.push(required('spec.service.name'));
  if (isUnset(service.namespace)) errors.push(required('spec.service.namespace'));
}

function checkRange(value: number | undefined, max: number, name: string, errors: Errors): void {
  const found = value ?? 0;
  if (found > 0 && found <= max) return;
  errors.push(invalid(`spec.${name}`, found, `must be positive and less than ${String(max)}`));
}

const DURATION_SECONDS_MIN = 600;

/** certificates ValidateCertificateSigningRequestCreate. */
export function checkSigningRequest(request: V1CertificateSigningRequest, errors: Errors): void {
  const spec = maybe(request.spec);
  if (listOf(spec?.usages).length === 0)
    errors.push(required('spec.usages', 'usages must be specified'));
  if (isUnset(maybe(spec?.request))) errors.push(required('spec.request'));
  else if (!isPemRequest(spec?.request ?? '')) {
    const text = 'PEM block type must be CERTIFICATE REQUEST';
    errors.push(invalid('spec.request', spec?.request, text));
  }
  const signer = maybe(spec?.signerName) ?? '';
  const [domain = '', path = ''] = signer.split('/', 2);
  if (signer === '') errors.push(required('spec.signerName'));
  else if (path === '' || !domain.includes('.')) {
    const text = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    errors.push(invalid('spec.signerName', signer, text));
  } else checkProblems(dnsSubdomainProblems(domain), 'spec.signerName', signer, errors);
  const seconds = spec?.expirationSeconds;
  if (seconds !== undefined && seconds < DURATION_SECONDS_MIN) {
    const text = 'may not specify a duration less than 600 seconds (10 minutes)';
    errors.push(invalid('spec.expirationSeconds', seconds, text));
  }
}

function isPemRequest(base64: string): boolean {
  try {
    return atob(base64).includes('-----BEGIN CERTIFICATE REQUEST-----');
  } catch {
    return false;
  }
}

export function checkSigningRequestUpdate(
  request: V1CertificateSigningRequest,
  old: V1CertificateSigningRequest,
  errors: Errors,
): void {
  checkImmutable(request.spec, old.spec, 'spec', errors);
}
