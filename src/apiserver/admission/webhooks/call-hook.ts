import {
  admissionReview,
  admissionReviewVersion,
  badRequest,
  denialStatus,
  goQuote,
  readAdmission,
} from '../../../api/index.js';
import type { AdmissionAnswer, Status } from '../../../api/index.js';
import type { Clock, Crypto, Log } from '../../../base/index.js';
import { postReview } from '../../webhooks/post-review.js';
import type { WebhookPorts } from '../../webhooks/post-review.js';
import type { AdmissionAttributes } from '../admission.js';
import { auditAnnotations } from './audit-annotations.js';
import type { Hook } from './hooks.js';
import type { ObjectViews } from './object-views.js';
import { admissionRequest } from './request.js';
import type { Subject } from './subject.js';

export interface CallPorts extends WebhookPorts {
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly log: Log;
}

/** How a call ended. It is the failurePolicy that says what a failure means. */
export type HookResult =
  | { readonly type: 'allowed'; readonly answer: AdmissionAnswer }
  | { readonly type: 'denied'; readonly status: Status }
  /** The webhook was not reached, or did not answer as it should. `code` is of its answer, where it gave one. */
  | { readonly type: 'failed'; readonly message: string; readonly code: number }
  /** It is the API server that has to refuse. */
  | { readonly type: 'refused'; readonly status: Status };

const UNAVAILABLE = 503;
const TIMEOUT_SECONDS = 10;

/** Asks a webhook about a write. Ends within its timeout, and within the request's. */
export async function callHook(
  ports: CallPorts,
  hook: Hook,
  attributes: AdmissionAttributes,
  subject: Subject,
  views: ObjectViews,
): Promise<HookResult> {
  const { name, spec } = hook;
  if (attributes.dryRun === true && !toleratesDryRun(spec.sideEffects)) {
    const text = `admission webhook ${goQuote(name)} does not support dry run`;
    return { type: 'refused', status: badRequest(text) };
  }
  const version = admissionReviewVersion(spec.admissionReviewVersions);
  if (version === undefined) {
    const reason = 'webhook does not accept known AdmissionReview versions (v1, v1beta1)';
    return failure(hook, `could not create admission objects: ${reason}`, 400);
  }
  const object = await views.object(subject);
  if (!object.ok) return { type: 'refused', status: object.error };
  const old = await views.old(subject);
  if (!old.ok) return { type: 'refused', status: old.error };
  const uid = ports.crypto.uuid();
  const request = admissionRequest(attributes, subject, uid, object.value, old.value);
  const answered = await postReview(
    ports,
    spec.clientConfig,
    admissionReview(version, request),
    timeoutMs(ports.clock, spec.timeoutSeconds, attributes),
  );
  if (!answered.ok) return failure(hook, `failed to call webhook: ${answered.error}`);
  const read = readAdmission(version, uid, hook.type === 'admit', answered.value);
  if (!read.ok) return failure(hook, `received invalid webhook response: ${read.error}`);
  const answer = read.value;
  const annotations = auditAnnotations(name, answer.auditAnnotations);
  if (annotations !== undefined)
    ports.log.info('a webhook annotates a request', { ...annotations });
  attributes.request?.notes.warnings.push(...answer.warnings);
  return answer.allowed
    ? { type: 'allowed', answer }
    : { type: 'denied', status: denialStatus(name, answer.result) };
}

/** An answer that cannot be used, in the words of a call that failed. */
export function failure({ name }: Hook, reason: string, code = UNAVAILABLE): HookResult {
  return { type: 'failed', message: `failed calling webhook ${goQuote(name)}: ${reason}`, code };
}

function toleratesDryRun(sideEffects: string): boolean {
  return sideEffects === 'None' || sideEffects === 'NoneOnDryRun';
}

function timeoutMs(
  clock: Clock,
  seconds = TIMEOUT_SECONDS,
  { request }: AdmissionAttributes,
): number {
  const leftMs = (request?.notes.deadlineMs ?? Infinity) - clock.monotonicMs();
  return Math.max(1, Math.min(seconds * 1_000, leftMs));
}
