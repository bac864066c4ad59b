import { isUnset } from '../absent.js';
import type { AdmissionregistrationV1WebhookClientConfig } from '../generated/types.js';
import { decodeBase64 } from '../scheme/base64.js';
import type { Errors } from './checks.js';
import { invalid, required } from './field-error.js';
import { dnsSubdomainProblems, portNumberProblems } from './names.js';

const FORM = '; desired format: https://host[/path]';

/** Where a webhook is: a URL or a Service (apiserver pkg/util/webhook). */
export function checkWebhookClient(
  { url, service, caBundle }: AdmissionregistrationV1WebhookClientConfig,
  field: string,
  errors: Errors,
): void {
  if ((url === undefined) === (service === undefined))
    errors.push(required(field, 'exactly one of url or service is required'));
  else if (url !== undefined) checkUrl(url, `${field}.url`, errors);
  else if (service !== undefined) checkService(service, `${field}.service`, errors);
  if (isUnset(caBundle) || isPem(caBundle ?? '')) return;
  const text = 'unable to load root certificates: unable to parse bytes as PEM block';
  errors.push(invalid(`${field}.caBundle`, caBundle, text));
}

function isPem(base64: string): boolean {
  const decoded = decodeBase64(base64);
  if ('illegalAt' in decoded) return false;
  const text = new TextDecoder().decode(decoded.bytes);
  return /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(text);
}

function checkUrl(text: string, field: string, errors: Errors): void {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1] ?? '';
    if (scheme !== 'https')
      errors.push(invalid(field, scheme, `'https' is the only allowed URL scheme${FORM}`));
    errors.push(invalid(field, '', `host must be specified${FORM}`));
    return;
  }
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== 'https')
    errors.push(invalid(field, scheme, `'https' is the only allowed URL scheme${FORM}`));
  if (url.host === '') errors.push(invalid(field, '', `host must be specified${FORM}`));
  if (url.username !== '' || url.password !== '') {
    const user = url.password === '' ? url.username : `${url.username}:${url.password}`;
    errors.push(invalid(field, user, 'user information is not permitted in the URL'));
  }
  if (url.hash !== '')
    errors.push(invalid(field, url.hash.slice(1), 'fragments are not permitted in the URL'));
  if (url.search !== '')
    errors.push(
      invalid(field, url.search.slice(1), 'query parameters are not permitted in the URL'),
    );
}

type Service = NonNullable<AdmissionregistrationV1WebhookClientConfig['service']>;

function checkService(
  { name, namespace, path, port = 443 }: Service,
  field: string,
  errors: Errors,
): void {
  if (isUnset(name)) errors.push(required(`${field}.name`, 'service name is required'));
  if (isUnset(namespace))
    errors.push(required(`${field}.namespace`, 'service namespace is required'));
  const problems = portNumberProblems(port);
  if (problems.length > 0)
    errors.push(invalid(`${field}.port`, port, `port is not valid: ${problems.join(',')}`));
  if (path === undefined || path === '' || path === '/') return;
  const at = `${field}.path`;
  if (!path.startsWith('/')) errors.push(invalid(at, path, "must start with a '/'"));
  const steps = path.slice(1).replace(/\/$/, '').split('/');
  steps.forEach((step, index) => {
    if (step === '') errors.push(invalid(at, path, `segment[${String(index)}] may not be empty`));
    else
      for (const problem of dnsSubdomainProblems(step))
        errors.push(invalid(at, path, `segment[${String(index)}]: ${problem}`));
  });
}
