import { listOf, maybe } from '../absent.js';
import type { V1CustomResourceConversion } from '../generated/types.js';
import type { Errors } from '../validation/checks.js';
import { checkOneOf } from '../validation/checks.js';
import { forbidden, invalid, required } from '../validation/field-error.js';
import { dns1035LabelProblems } from '../validation/names.js';
import { checkWebhookClient } from '../validation/webhook-client.js';
import { conversionReviewVersion } from './conversion-review.js';

const FIELD = 'spec.conversion';

/** apiextensions validateCustomResourceConversion; the fields are named as within kube-apiserver, which shows them so. */
export function checkConversion(
  conversion: V1CustomResourceConversion | undefined,
  errors: Errors,
): void {
  if (conversion === undefined) return;
  const { strategy, webhook } = conversion;
  const [client, versions] = [`${FIELD}.webhookClientConfig`, `${FIELD}.conversionReviewVersions`];
  checkOneOf(strategy, ['None', 'Webhook'], `${FIELD}.strategy`, errors);
  if (strategy === 'Webhook') {
    if (webhook?.clientConfig === undefined)
      errors.push(required(client, 'required when strategy is set to Webhook'));
    else checkWebhookClient(webhook.clientConfig, client, errors);
    checkReviewVersions(listOf(maybe(webhook?.conversionReviewVersions)), versions, errors);
    return;
  }
  const text = 'should not be set when strategy is not set to Webhook';
  if (webhook?.clientConfig !== undefined) errors.push(forbidden(client, text));
  if (listOf(maybe(webhook?.conversionReviewVersions)).length > 0)
    errors.push(forbidden(versions, text));
}

function checkReviewVersions(versions: readonly string[], field: string, errors: Errors): void {
  if (versions.length === 0) {
    errors.push(required(field));
    return;
  }
  versions.forEach((version, index) => {
    const at = `${field}[${String(index)}]`;
    if (versions.indexOf(version) < index) errors.push(invalid(at, version, 'duplicate version'));
    else
      for (const problem of dns1035LabelProblems(version))
        errors.push(invalid(at, version, problem));
  });
  if (conversionReviewVersion(versions) === undefined)
    errors.push(invalid(field, versions, 'must include at least one of v1, v1beta1'));
}
