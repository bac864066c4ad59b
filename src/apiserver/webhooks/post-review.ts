import { isStatus } from '../../api/index.js';
import type {
  AdmissionregistrationV1WebhookClientConfig,
  KubernetesObject,
} from '../../api/index.js';
import { failed, ok } from '../../base/index.js';
import type { Random, Result } from '../../base/index.js';
import type { WebhookCaller } from '../../protocol/index.js';
import type { RegistryFeed } from '../watch-cache/registry-feed.js';
import { resolveClient } from './resolve-client.js';

/** What calls to webhooks need. */
export interface WebhookPorts {
  readonly webhooks: WebhookCaller;
  readonly feed: RegistryFeed;
  readonly random: Random;
}

const encoder = new TextEncoder();

/** POSTs a review, and reads the answer as JSON. The errors are those of client-go. */
export async function postReview(
  ports: WebhookPorts,
  client: AdmissionregistrationV1WebhookClientConfig,
  review: KubernetesObject,
  timeoutMs: number,
): Promise<Result<unknown, string>> {
  // The webhook is told in whole seconds.
  const timeoutSeconds = Math.ceil(timeoutMs / 1_000);
  const { url, address, caBundle, error } = resolveClient(ports, client, timeoutSeconds);
  const post = (reason: string) => failed(`Post ${JSON.stringify(url)}: ${reason}`);
  if (error !== undefined) return post(error);
  const answer = await ports.webhooks.call({
    url,
    address,
    caBundle,
    body: encoder.encode(JSON.stringify(review)),
    timeoutMs,
  });
  if (answer.type === 'failed') return post(answer.message);
  const text = new TextDecoder().decode(answer.body);
  if (answer.status < 200 || answer.status > 206) return failed(refusal(answer.status, text));
  try {
    return ok(JSON.parse(text) as unknown);
  } catch (reason) {
    const { message } = reason instanceof Error ? reason : new Error(String(reason));
    return failed(`couldn't get version/kind; json parse error: ${message}`);
  }
}

const REFUSALS: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  403: 'unknown',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

/** A webhook that answers with an HTTP error; its own `Status` is believed. */
function refusal(status: number, text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    if (isStatus(body) && (body.message ?? '') !== '') return body.message ?? '';
  } catch {
    // It is text.
  }
  const known = REFUSALS[status];
  if (known !== undefined) return known;
  const said = text.trim() === '' ? 'unknown' : text.trim();
  if (status >= 500)
    return `an error on the server (${JSON.stringify(said)}) has prevented the request from succeeding`;
  return `the server responded with the status code ${String(status)} but did not return more information`;
}
