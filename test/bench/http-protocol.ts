import type { LoopResult } from './closed-loop.js';

/** A request of the client's; `{n}` in path and body stands for its number, `{stamp}` in the body for what is never sent again. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Keys {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** What the client's thread is told to do. */
export type ClientOrder =
  | { readonly type: 'send'; readonly url: string; readonly request: SentRequest }
  | {
      readonly type: 'load';
      readonly url: string;
      readonly connections: number;
      readonly seconds: number;
      /** Ends earlier, after so many. */
      readonly requestsMax?: number;
      readonly request: SentRequest;
      /** `{n}` runs from 0 to this, and begins anew. Absent: it only grows. */
      readonly numbers?: number;
    }
  | {
      readonly type: 'fan-out';
      readonly url: string;
      readonly connections: number;
      readonly watchers: number;
      readonly watch: SentRequest;
      /** Each brings one event, a line, to every watcher. */
      readonly write: SentRequest;
      readonly seconds: number;
      /** Writes under way at once. */
      readonly writers: number;
    };

export interface SentAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly tookMs: number;
}

/** With the processor time that the client's thread took for it. */
export type Measured = LoopResult & { readonly cpuMs: number };

/** What the bare server answers to everything from now on; a `watch` is never answered to its end. */
export interface BareOrder {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Written to all who watch, at each request that is no watch. */
  readonly frame?: Uint8Array;
}
