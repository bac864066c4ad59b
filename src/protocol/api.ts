import type { KubernetesObject } from '../api/index.js';

/** What the API server serves. The gateway sends `http`; components send `request` and `watch`. */
export interface ApiProtocol {
  tells: object;
  asks: {
    request: { request: ApiRequest; reply: ApiReply };
    http: { request: HttpRequest; reply: HttpReply };
  };
  streams: {
    watch: { request: ApiRequest; item: readonly ApiWatchEvent[] };
    /** For requests whose answer goes on: `watch=true`. */
    http: { request: HttpRequest; item: HttpStreamItem };
  };
}

export type ApiVerb =
  | 'get'
  | 'list'
  | 'watch'
  | 'create'
  | 'update'
  | 'patch'
  | 'delete'
  | 'deletecollection';

/**
 * A request of a component. Its identity is that of the actor at the other end of the port, never a field. Objects come
 * back, and are watched, without their managed fields.
 */
export interface ApiRequest {
  readonly verb: ApiVerb;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** The plural: `pods`. */
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
  /** Query parameters under their HTTP names: labelSelector, fieldSelector, limit, continue, resourceVersion, dryRun, … */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** The object, the patch, or DeleteOptions. */
  readonly body?: unknown;
  readonly patchType?: PatchType | undefined;
}

export type PatchType =
  | 'application/json-patch+json'
  | 'application/merge-patch+json'
  | 'application/strategic-merge-patch+json'
  | 'application/apply-patch+yaml';

/** `code` is the HTTP status; from 400 on, `object` is a `Status`. */
export interface ApiReply {
  readonly code: number;
  readonly object: KubernetesObject;
}

export interface ApiWatchEvent {
  /** ERROR: `object` is a `Status` (410 Expired), and the stream ends. */
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubernetesObject;
  /** Of the request that made this change, where it was traced. */
  readonly trace?: string;
}

/** Who the gateway found at the other end of the TLS connection. */
export interface ClientIdentity {
  /** From the verified client certificate's subject: CN is the user, each O a group. */
  readonly commonName: string;
  readonly organizations: readonly string[];
}

export interface HttpRequest {
  readonly method: string;
  /** With its query, as sent. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whole, and bounded by the gateway (3 MiB and a margin; beyond it the gateway answers 413). */
  readonly body: Uint8Array;
  /** Null: no certificate was shown, or none that our CA signed. */
  readonly client: ClientIdentity | null;
  readonly remoteAddress: string;
  /** On a resumed watch: go on after this resourceVersion, without initial events, whatever the URL says. */
  readonly resumeAfter?: string | undefined;
}

export type HttpReply =
  | {
      readonly type: 'response';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
    }
  /** Authorized: the gateway opens this stream with the kubelet itself and sends its bytes as a 200 text/plain. */
  | { readonly type: 'logs'; readonly actor: string; readonly request: LogsRequest };

export type HttpStreamItem =
  | {
      readonly type: 'head';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
    }
  | {
      readonly type: 'chunk';
      /** Whole frames: a chunk never ends within a watch event. */
      readonly data: Uint8Array;
      /** Having sent this chunk, a watch can be resumed after this resourceVersion; absent during the initial events. */
      readonly resumeAfter?: string | undefined;
    };

/** What a kubelet serves: byte streams of its containers. */
export interface KubeletProtocol {
  tells: object;
  asks: object;
  streams: { logs: { request: LogsRequest; item: Uint8Array } };
}

export interface LogsRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number | undefined;
  readonly limitBytes?: number | undefined;
  readonly sinceSeconds?: number | undefined;
  readonly sinceTime?: string | undefined;
}

/** An actor that only asks, and serves nobody. */
export interface SilentProtocol {
  tells: object;
  asks: object;
  streams: object;
}
