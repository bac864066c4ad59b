import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import { goQuote } from '../go-quote.js';
import type { KubernetesObject } from '../object.js';

/** admission.k8s.io AdmissionRequest: what a webhook is asked. Absent fields are left out of its JSON. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  readonly subResource?: string;
  /** What the client sent, where that is of another version than the webhook asks for. */
  readonly requestKind: GroupVersionKind;
  readonly requestResource: GroupVersionResource;
  readonly requestSubResource?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly operation: string;
  readonly userInfo: ReviewedUser;
  readonly object: KubernetesObject | null;
  readonly oldObject: KubernetesObject | null;
  readonly dryRun: boolean;
  readonly options: KubernetesObject | null;
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

/** authentication.k8s.io UserInfo. */
export interface ReviewedUser {
  readonly username: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export type AdmissionReviewVersion = 'v1' | 'v1beta1';

/** The first of the versions that a webhook reads which this API server writes. */
export function admissionReviewVersion(
  versions: readonly string[],
): AdmissionReviewVersion | undefined {
  return versions.find(
    (each): each is AdmissionReviewVersion => each === 'v1' || each === 'v1beta1',
  );
}

export function admissionReview(
  version: AdmissionReviewVersion,
  request: AdmissionRequest,
): KubernetesObject {
  return { kind: 'AdmissionReview', apiVersion: `admission.k8s.io/${version}`, request };
}

/** What a webhook answered. */
export interface AdmissionAnswer {
  readonly allowed: boolean;
  /** A Status, as far as the webhook gave one. */
  readonly result: Readonly<Record<string, unknown>> | undefined;
  /** In base64. Empty: nothing is changed. */
  readonly patch: string;
  readonly patchType: string;
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

/** Reads a webhook's answer to the review of this uid. The errors are kube-apiserver's, word for word. */
export function readAdmission(
  version: AdmissionReviewVersion,
  uid: string,
  mutates: boolean,
  answer: unknown,
): Result<AdmissionAnswer, string> {
  const review = isMap(answer) ? answer : {};
  const { response } = review;
  if (!isMap(response)) return failed('webhook response was absent');
  const read = answerOf(response);
  // Old webhooks answer without a uid, and with a patch of the only type.
  if (version === 'v1beta1')
    return ok(mutates && read.patch !== '' ? { ...read, patchType: 'JSONPatch' } : read);
  const wrong = checkEcho(review, uid, response['uid']) ?? checkPatch(mutates, response, read);
  return wrong === undefined ? ok(read) : failed(wrong);
}

function checkEcho(
  review: Readonly<Record<string, unknown>>,
  uid: string,
  answered: unknown,
): string | undefined {
  const got = textOf(answered);
  if (got !== uid) return `expected response.uid=${goQuote(uid)}, got ${goQuote(got)}`;
  const wanted = 'admission.k8s.io/v1, Kind=AdmissionReview';
  const apiVersion = textOf(review['apiVersion']);
  const kind = `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${textOf(review['kind'])}`;
  return kind === wanted ? undefined : `expected webhook response of ${wanted}, got ${kind}`;
}

function checkPatch(
  mutates: boolean,
  response: Readonly<Record<string, unknown>>,
  { patch, patchType }: AdmissionAnswer,
): string | undefined {
  const typed = response['patchType'] !== undefined && response['patchType'] !== null;
  if (!mutates) {
    if (patch !== '') return 'validating webhook may not return response.patch';
    return typed ? 'validating webhook may not return response.patchType' : undefined;
  }
  if (patch !== '' && !typed) return 'webhook returned response.patch but not response.patchType';
  if (patch === '' && typed) return 'webhook returned response.patchType but not response.patch';
  if (typed && patchType === '')
    return `webhook returned invalid response.patchType of ${goQuote('')}`;
  return undefined;
}

function answerOf(response: Readonly<Record<string, unknown>>): AdmissionAnswer {
  const { allowed, status, warnings, auditAnnotations } = response;
  const annotations = isMap(auditAnnotations) ? Object.entries(auditAnnotations) : [];
  return {
    allowed: allowed === true,
    result: isMap(status) ? status : undefined,
    patch: textOf(response['patch']),
    patchType: textOf(response['patchType']),
    warnings: Array.isArray(warnings) ? warnings.filter((each) => typeof each === 'string') : [],
    auditAnnotations: Object.fromEntries(
      annotations.filter((each): each is [string, string] => typeof each[1] === 'string'),
    ),
  };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
