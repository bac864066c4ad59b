import { forbiddenBecause } from '../../api/index.js';
import type { ApiResource, KubernetesObject, Status } from '../../api/index.js';
import { ok } from '../../base/index.js';
import type { User } from '../authn.js';
import type { Outcome } from '../outcome.js';
import type { Query, Repeated } from '../request-info.js';

/** A write on its way to the registry (admission.k8s.io). */
export interface AdmissionAttributes {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly resource: ApiResource;
  readonly subresource: string;
  readonly namespace: string;
  /** Empty while a name is still to be generated, and for each object of a collection that is deleted. */
  readonly name: string;
  /** The new object, which plug-ins that mutate may change; undefined for deletes. */
  readonly object: KubernetesObject | undefined;
  readonly old: KubernetesObject | undefined;
  readonly user: User;
  /** Nothing will be written. */
  readonly dryRun?: boolean;
  /** Those of a delete, as they were sent. */
  readonly deleteOptions?: object | undefined;
  /** Absent: the API server does this by itself, and no webhook is asked. */
  readonly request?: AdmittedRequest | undefined;
}

/** The request in which a write came. */
export interface AdmittedRequest {
  readonly notes: RequestNotes;
  readonly query: Query;
  readonly repeated?: Repeated | undefined;
  /** The version in which the client writes, where it is not the resource's. */
  readonly sentAs?: ApiResource | undefined;
}

/** What is gathered while a request is carried out, whatever becomes of it. */
export interface RequestNotes {
  /** When its client is answered at the latest. */
  deadlineMs: number;
  /** Of webhooks. */
  readonly warnings: string[];
}

/** One plug-in. Mutating ones run before validation; all may refuse. */
export interface AdmissionPlugin {
  readonly name: string;
  admit?(attributes: AdmissionAttributes): Outcome<undefined> | Promise<Outcome<undefined>>;
  validate?(attributes: AdmissionAttributes): Outcome<undefined> | Promise<Outcome<undefined>>;
}

export interface AdmissionChain {
  /** Whether a write may have to wait for a webhook. */
  readonly asksWebhooks: boolean;
  /** Whether what people have configured may change an object. */
  readonly changesObjects: boolean;
  /** May change the object. */
  admit(attributes: AdmissionAttributes): Promise<Outcome<undefined>>;
  /** After the object's own validation. */
  validate(attributes: AdmissionAttributes): Promise<Outcome<undefined>>;
  /** Both, of what only webhooks and policies have something to say about: connections, bindings, evictions, reviews. */
  review(attributes: AdmissionAttributes): Promise<Outcome<undefined>>;
}

export const ADMITTED: Outcome<undefined> = ok(undefined);

/** What a refusal calls an object. What has no name yet is told by the beginning of it. */
export function nameOf({ name, object }: AdmissionAttributes): string {
  const { name: given = '', generateName = '' } = object?.metadata ?? {};
  return name || given || generateName || 'Unknown';
}

/** A plug-in's refusal. */
export function forbiddenAs(attributes: AdmissionAttributes, detail: string): Status {
  return forbiddenBecause(attributes.resource, nameOf(attributes), detail);
}
