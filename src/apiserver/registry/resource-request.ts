import type { ApiResource, KubernetesObject } from '../../api/index.js';
import type { LogsRequest } from '../../protocol/index.js';
import type { AdmittedRequest, RequestNotes } from '../admission/admission.js';
import type { User } from '../authn.js';
import type { Outcome } from '../outcome.js';
import type { Query, Repeated, ResourceTarget } from '../request-info.js';
import type { CachedObject } from '../watch-cache/cached-object.js';

/** A request that is known, allowed, and about to be carried out. */
export interface ResourceRequest {
  readonly target: ResourceTarget;
  readonly resource: ApiResource;
  /** The version in which the client writes, where it is not `resource`'s. */
  readonly sentAs?: ApiResource;
  readonly query: Query;
  readonly user: User;
  readonly body: RequestBody;
  /** The program that asks: it manages what it writes where the query does not name a manager. */
  readonly userAgent: string;
  /** The client asks for another protocol on its connection (WebSocket, SPDY). */
  readonly upgrades?: boolean | undefined;
  readonly repeated?: Repeated | undefined;
  /** What is gathered while it is carried out. */
  readonly notes: RequestNotes;
  /** Whether the user may also create what is not there. */
  mayCreate(): Promise<Outcome<undefined>>;
}

/** Which part of an object a request writes: `main` is all but its status; else the name of a subresource. */
export type Part = string;

/** Who writes: on whose behalf, and under which name it manages the fields. */
export interface Writer {
  readonly user: User;
  readonly manager: string;
  /** Everything is done but the write. */
  readonly dryRun: boolean;
  /** Absent: it is the API server itself. */
  readonly request?: AdmittedRequest | undefined;
}

/** A body as it came: bytes from HTTP, a value from a component. */
export type RequestBody =
  | { readonly type: 'none' }
  | { readonly type: 'bytes'; readonly contentType: string; readonly bytes: Uint8Array }
  | { readonly type: 'value'; readonly value: unknown; readonly patchType?: string | undefined };

export type RegistryReply =
  | ObjectReply
  | ListReply
  /** The gateway opens this stream with the kubelet itself. */
  | { readonly type: 'logs'; readonly actor: string; readonly request: LogsRequest };

export interface ObjectReply {
  readonly type: 'object';
  readonly code: number;
  readonly object: KubernetesObject;
  /** Sent as `Warning: 299 - "…"`. */
  readonly warnings: readonly string[];
  /** Where `object` is one that many read: its text is made once for all of them. */
  readonly shared?: CachedObject;
}

export interface ListReply {
  readonly type: 'list';
  readonly resource: ApiResource;
  readonly items: readonly CachedObject[];
  readonly resourceVersion: string;
  /** Empty: this is the end. */
  readonly continueToken: string;
  readonly remainingItemCount: number | undefined;
}

/** The answer to a POST that leaves nothing to be seen: a binding, an eviction. */
export const CREATED_STATUS: KubernetesObject = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  code: 201,
};

export function objectReply(
  object: KubernetesObject,
  code = 200,
  warnings: readonly string[] = [],
): ObjectReply {
  return { type: 'object', code, object, warnings };
}
