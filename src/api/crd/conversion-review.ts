import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import { goQuote } from '../go-quote.js';
import type { KubernetesObject } from '../object.js';
import { parseGroupVersion } from '../scheme/resource.js';
import type { JsonMap } from './json-schema.js';
import { isJsonMap } from './json-schema.js';
import { keepMetadata } from './converted-metadata.js';

/** What is asked of a webhook (apiextensions.k8s.io ConversionReview): these objects, in another version. */
export interface ConversionQuestion {
  readonly uid: string;
  readonly desiredApiVersion: string;
  readonly objects: readonly KubernetesObject[];
  /** Of the review itself, from `conversionReviewVersions`. */
  readonly reviewVersion: ReviewVersion;
}

export type ReviewVersion = 'v1' | 'v1beta1';

/** The first of the versions that a webhook reads which this API server writes. */
export function conversionReviewVersion(versions: readonly string[]): ReviewVersion | undefined {
  return versions.find((each): each is ReviewVersion => each === 'v1' || each === 'v1beta1');
}

export function conversionReview(question: ConversionQuestion): KubernetesObject {
  const { uid, desiredApiVersion, objects, reviewVersion } = question;
  return {
    kind: 'ConversionReview',
    apiVersion: `apiextensions.k8s.io/${reviewVersion}`,
    request: { uid, desiredAPIVersion: desiredApiVersion, objects },
  };
}

/** `stable.example.com/v1, Kind=Foo`, as messages name what could not be converted. */
export function kindText({ apiVersion = '', kind = '' }: KubernetesObject): string {
  return `${apiVersion}, Kind=${kind}`;
}

/**
 * The converted objects of a webhook's answer, in the order of the question. Only labels and annotations of their metadata are
 * the webhook's to change. The errors are kube-apiserver's, word for word.
 */
export function readConversion(
  question: ConversionQuestion,
  answer: unknown,
): Result<readonly KubernetesObject[], string> {
  const { objects } = question;
  const what = `conversion webhook for ${kindText(objects[0] ?? {})}`;
  const converted = convertedObjects(question, answer);
  if (!converted.ok) return failed(`${what} failed: ${converted.error}`);
  const found = converted.value;
  if (found.length !== objects.length) {
    const counts = `${String(found.length)} objects, expected ${String(objects.length)}`;
    return failed(`${what} returned ${counts}`);
  }
  const results: KubernetesObject[] = [];
  for (const [index, original] of objects.entries()) {
    const read = readOne(question.desiredApiVersion, original, found[index]);
    if (!read.ok) {
      const { thing, problem } = read.error;
      const at = objects.length === 1 ? '' : ` in object at index ${String(index)}`;
      return failed(`${what} returned invalid ${thing}${at}: ${problem}`);
    }
    results.push(read.value);
  }
  return ok(results);
}

function convertedObjects(
  { uid, reviewVersion }: ConversionQuestion,
  answer: unknown,
): Result<readonly unknown[], string> {
  const wanted = `apiextensions.k8s.io/${reviewVersion}, Kind=ConversionReview`;
  const review = isJsonMap(answer) ? answer : {};
  const got = kindText(review);
  if (got !== wanted) return failed(`expected webhook response of ${wanted}, got ${got}`);
  const response = review['response'];
  if (!isJsonMap(response)) return failed('no response provided');
  const { uid: answered = '', result, convertedObjects: found } = response;
  if (answered !== uid)
    return failed(
      `expected response.uid=${goQuote(uid)}, got ${goQuote(typeof answered === 'string' ? answered : '')}`,
    );
  const { status, message }: JsonMap = isJsonMap(result) ? result : {};
  if (status !== 'Success') {
    const text = typeof message === 'string' && message !== '' ? message : undefined;
    const shown = typeof status === 'string' ? status : '';
    return failed(text ?? `response.result.status was '${shown}', not 'Success'`);
  }
  return ok(Array.isArray(found) ? (found as unknown[]) : []);
}

interface Wrong {
  readonly thing: 'converted object' | 'metadata';
  readonly problem: string;
}

function readOne(
  desired: string,
  original: KubernetesObject,
  found: unknown,
): Result<KubernetesObject, Wrong> {
  const wrong = (problem: string) => failed<Wrong>({ thing: 'converted object', problem });
  if (!isJsonMap(found)) return wrong('it is no object');
  const converted = JSON.parse(JSON.stringify(found)) as KubernetesObject;
  const { apiVersion = '', kind = '' } = converted;
  if (apiVersion !== desired)
    return wrong(
      `invalid groupVersion (expected ${groupVersionText(desired)}, received ${groupVersionText(apiVersion)})`,
    );
  if (kind !== original.kind)
    return wrong(`invalid kind (expected ${original.kind ?? ''}, received ${kind})`);
  const [before, after] = [original.metadata ?? {}, converted.metadata ?? {}];
  const changed = IDENTITY.find(([name]) => (before[name] ?? '') !== (after[name] ?? ''));
  if (changed !== undefined) {
    const [name, text] = changed;
    return wrong(`must have the same ${text}: ${before[name] ?? ''} != ${after[name] ?? ''}`);
  }
  const metadata = keepMetadata(original, converted);
  return metadata.ok
    ? ok({ ...converted, metadata: metadata.value })
    : failed({ thing: 'metadata', problem: metadata.error });
}

const IDENTITY = [
  ['name', 'name'],
  ['namespace', 'namespace'],
  ['uid', 'UID'],
] as const;

function groupVersionText(apiVersion: string): string {
  const { group, version } = parseGroupVersion(apiVersion);
  return group === '' ? version : `${group}/${version}`;
}
