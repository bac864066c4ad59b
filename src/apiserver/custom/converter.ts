import {
  conversionReview,
  conversionReviewVersion,
  defaultedAsStored,
  groupVersionOf,
  inVersion,
  kindText,
  prunedAsConverted,
  readConversion,
  unexplained,
} from '../../api/index.js';
import type { ApiResource, CustomType, KubernetesObject } from '../../api/index.js';
import { assertDefined, ok } from '../../base/index.js';
import type { Crypto } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { decodeStored, objectOf } from '../watch-cache/cached-object.js';
import type { CachedObject } from '../watch-cache/cached-object.js';
import { postReview } from '../webhooks/post-review.js';
import type { WebhookPorts } from '../webhooks/post-review.js';
import { asServed, keepView, knownView, storedForm } from './versions.js';

/** kube-apiserver's limit for one review. */
const TIMEOUT_MS = 30_000;
/** Of one review: so many objects, or so much of what is stored. */
const REVIEW_OBJECTS_MAX = 500;
const REVIEW_BYTES_MAX = 4 * 1024 * 1024;

/** Brings objects from one version to another, by a webhook where their definition says so. */
export interface Converter {
  /** Whether views of this resource have to be prepared before they are asked for. */
  prepares(resource: ApiResource): boolean;
  /** Makes the views of all of these: `servedView` has them from then on, at no cost. */
  prepare(resource: ApiResource, objects: readonly CachedObject[]): Promise<Outcome<undefined>>;
  /** A stored object as a version serves it: a copy that the caller may change. */
  served(resource: ApiResource, cached: CachedObject): Promise<Outcome<KubernetesObject>>;
  /** An object as it is stored. */
  stored(resource: ApiResource, object: KubernetesObject): Promise<Outcome<KubernetesObject>>;
  /** A copy of an object of a custom resource in another of its versions. */
  inVersion(to: ApiResource, object: KubernetesObject): Promise<Outcome<KubernetesObject>>;
}

export function createConverter(ports: WebhookPorts & { readonly crypto: Crypto }): Converter {
  /** Of several who need the same view at the same time one asks the webhook. */
  const pending = new WeakMap<ApiResource, Map<CachedObject, Promise<Outcome<undefined>>>>();

  async function convert(
    custom: CustomType,
    desiredApiVersion: string,
    objects: readonly KubernetesObject[],
  ): Promise<Outcome<readonly KubernetesObject[]>> {
    const { webhook } = assertDefined(custom.conversion, 'a conversion by webhook');
    const reviewVersion = conversionReviewVersion(webhook.conversionReviewVersions);
    const what = `conversion webhook for ${kindText(objects[0] ?? {})} failed`;
    if (reviewVersion === undefined || webhook.clientConfig === undefined)
      return refuse(unexplained(`${what}: no supported conversion review versions`));
    const question = { uid: ports.crypto.uuid(), desiredApiVersion, objects, reviewVersion };
    const answer = await postReview(
      ports,
      webhook.clientConfig,
      conversionReview(question),
      TIMEOUT_MS,
    );
    if (!answer.ok) return refuse(unexplained(`${what}: ${answer.error}`));
    const read = readConversion(question, answer.value);
    if (!read.ok) return refuse(unexplained(read.error));
    return ok(read.value.map((object) => prunedAsConverted(custom, object)));
  }

  async function makeViews(
    resource: ApiResource,
    custom: CustomType,
    batch: readonly CachedObject[],
  ): Promise<Outcome<undefined>> {
    const objects = batch.map(({ bytes, revision }) =>
      defaultedAsStored(custom, decodeStored(bytes, revision)),
    );
    const converted = await convert(custom, groupVersionOf(resource), objects);
    if (!converted.ok) return converted;
    batch.forEach((cached, index) => {
      keepView(resource, cached, assertDefined(converted.value[index], 'a converted object'));
    });
    return ok(undefined);
  }

  async function prepare(
    resource: ApiResource,
    objects: readonly CachedObject[],
  ): Promise<Outcome<undefined>> {
    const { custom } = resource;
    if (custom?.conversion === undefined) return ok(undefined);
    const missing = objects.filter((each) => needsWebhook(resource, each));
    const under = pending.get(resource) ?? new Map<CachedObject, Promise<Outcome<undefined>>>();
    pending.set(resource, under);
    const work = new Set<Promise<Outcome<undefined>>>();
    const own = missing.filter((each) => {
      const known = under.get(each);
      if (known !== undefined) work.add(known);
      return known === undefined;
    });
    for (const batch of batchesOf(own)) {
      const making = makeViews(resource, custom, batch).finally(() => {
        for (const each of batch) under.delete(each);
      });
      for (const each of batch) under.set(each, making);
      work.add(making);
    }
    for (const done of await Promise.all(work)) if (!done.ok) return done;
    return ok(undefined);
  }

  return {
    prepares: ({ custom }) => custom?.conversion !== undefined,
    prepare,
    async served(resource, cached) {
      const { bytes, revision } = cached;
      if (!needsWebhook(resource, cached)) {
        const view = knownView(resource, cached);
        return ok(
          view === undefined ? asServed(resource, decodeStored(bytes, revision)) : copy(view),
        );
      }
      const prepared = await prepare(resource, [cached]);
      if (!prepared.ok) return prepared;
      return ok(copy(assertDefined(knownView(resource, cached), 'the view that was prepared')));
    },
    async stored(resource, object) {
      const { custom } = resource;
      const isStored = custom?.storageApiVersion === groupVersionOf(resource);
      if (custom?.conversion === undefined || isStored) return ok(storedForm(resource, object));
      const converted = await convert(custom, custom.storageApiVersion, [object]);
      if (!converted.ok) return converted;
      return ok(assertDefined(converted.value[0], 'the converted object'));
    },
    async inVersion(to, object) {
      const custom = assertDefined(to.custom, 'a custom resource');
      if (custom.conversion === undefined) return ok(inVersion(custom, groupVersionOf(to), object));
      const converted = await convert(custom, groupVersionOf(to), [object]);
      if (!converted.ok) return converted;
      return ok(assertDefined(converted.value[0], 'the converted object'));
    },
  };
}

/** It is stored in another version, and nobody has asked for it in this one yet. */
function needsWebhook(resource: ApiResource, cached: CachedObject): boolean {
  return (
    resource.custom?.conversion !== undefined &&
    objectOf(cached).apiVersion !== groupVersionOf(resource) &&
    knownView(resource, cached) === undefined
  );
}

function copy({ object }: CachedObject): KubernetesObject {
  return JSON.parse(JSON.stringify(object)) as KubernetesObject;
}

function* batchesOf(objects: readonly CachedObject[]): Iterable<readonly CachedObject[]> {
  let batch: CachedObject[] = [];
  let bytes = 0;
  for (const each of objects) {
    const full = batch.length >= REVIEW_OBJECTS_MAX || bytes + each.bytes.length > REVIEW_BYTES_MAX;
    if (full && batch.length > 0) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(each);
    bytes += each.bytes.length;
  }
  if (batch.length > 0) yield batch;
}
