import type { Clock } from '../../../base/index.js';
import type { FieldSet, KubernetesObject } from '../../../api/index.js';
import type { User } from '../../authn.js';
import type { Outcome } from '../../outcome.js';

/**
 * What is special about a resource (kube-apiserver's rest strategies). Whatever is absent is as usual: a status
 * subresource keeps writes of the object and of its status apart, and everything else is the client's to set.
 * The objects given are the registry's own and may be changed; `old` may not.
 */
export interface Strategy {
  /** PUT creates what is not there. */
  readonly createsOnUpdate?: boolean;
  /** PUT must say which resourceVersion it replaces. */
  readonly needsResourceVersion?: boolean;
  /** A DELETE that is done answers with the object, not with a Status. */
  readonly returnsDeleted?: boolean;
  /** Who deletes one and does not say what is to become of its dependents, lets them live. */
  readonly orphansByDefault?: { readonly warning?: string };
  /** What expires by itself. */
  readonly expires?: boolean;
  /** The part of an object whose changes `metadata.generation` counts. */
  readonly generationOf?: (object: KubernetesObject) => unknown;
  /** What a write of the status never changes, beside the spec: nobody comes to own it so. */
  readonly ignoredByStatus?: FieldSet;
  prepareForCreate?(object: KubernetesObject, creation: Creation): void;
  /** For writes of the object itself. */
  prepareForUpdate?(object: KubernetesObject, old: KubernetesObject): void;
  /** For a PATCH or PUT of a subresource other than status, scale and finalize: what it may change is taken from `object`. */
  readonly parts?: Readonly<
    Record<string, (object: KubernetesObject, old: KubernetesObject) => KubernetesObject>
  >;
  /** For writes of its status, when all but status and metadata is already as of old. */
  prepareForStatusUpdate?(object: KubernetesObject, old: KubernetesObject, now: string): void;
  /** Marks what is about to be deleted; `now` is RFC 3339. */
  prepareForDelete?(old: KubernetesObject, now: string): KubernetesObject;
  /** How long a deleted object lives on, given what the client asked for; undefined: it is gone at once. */
  gracePeriodSeconds?(object: KubernetesObject, asked: number | undefined): number;
  /** Takes what only one object may have (addresses, ports), and writes it into the object. */
  reserve?(object: KubernetesObject, old: KubernetesObject | undefined): Outcome<Reservation>;
}

/** Who creates an object, and when. */
export interface Creation {
  readonly clock: Clock;
  readonly user: User;
}

export interface Reservation {
  /** The write happened at this revision, or it did not, or nobody knows. */
  settle(written: number | 'not-written' | 'unknown'): void;
}

export const NOTHING_RESERVED: Reservation = {
  settle: () => undefined,
};
