import type { MessagePort } from 'node:worker_threads';
import type { ErrorData, Result } from '../../base/index.js';
import type {
  ActorCounts,
  PeerExit,
  SpanQuery,
  SpanReply,
  ThreadStats,
} from '../../actor/index.js';
import type { LogKeeping, LogLevel } from '../log/index.js';
import type { ActorWords } from './words.js';

/** What a thread is started with. */
export interface ThreadStart {
  /** The file with the actor's code. */
  readonly program: string;
  /** Undefined: a spare, which gets its life as the first message on its parent port. */
  readonly life: ThreadData | undefined;
}

/** One life of an actor, as its thread is told of it. */
export interface ThreadData {
  readonly id: string;
  readonly incarnation: number;
  readonly config: unknown;
  readonly links: readonly string[];
  readonly log: {
    readonly folder: string;
    readonly level: LogLevel;
    readonly keeping: LogKeeping;
  };
  readonly words: ActorWords;
  readonly beatMs: number;
  /** Infinity for an edge. */
  readonly heapBytesMax: number;
  /** Main calls `ActorControl` over it. */
  readonly control: MessagePort;
}

/** The control plane of one life, over comlink. A call to a thread that dies never settles: each races its end. */
export interface ActorControl {
  connect(link: LinkGrant): void;
  /** A linked life has ended, for this reason. */
  peerExited(id: string, incarnation: number, exit: PeerExit): void;
  report(): ActorReport;
  inject(fault: {
    readonly type: string;
    readonly [field: string]: unknown;
  }): Result<void, ErrorData>;
  spans(query: SpanQuery): SpanReply;
  /** Shows main at once that the loop turns, and how much memory the actor holds. */
  beat(): void;
  setLogLevel(level: LogLevel): void;
  /** Drains, then ends the thread. */
  stop(): void;
  /** Ends the thread in this tick. An edge destroys its sockets and sessions first. */
  die(): void;
}

/** A life of another actor, and the port to it. */
export interface LinkGrant {
  readonly id: string;
  readonly incarnation: number;
  readonly port: MessagePort;
  readonly words: ActorWords;
}

export interface ActorReport {
  readonly counts: ActorCounts;
  /** The behaviour's own. */
  readonly report: Readonly<Record<string, unknown>>;
  readonly thread: ThreadStats;
}

/** What a thread says by itself, over its parent port. All of it arrives before the exit of the thread is known. */
export type ThreadNotice =
  /** A spare: its code is loaded. */
  | { readonly type: 'warm' }
  /** Its code runs: it can be linked. */
  | { readonly type: 'loaded' }
  | { readonly type: 'ready' }
  /** A frame of that life could not be read, and the link is cut: both need a new one. */
  | {
      readonly type: 'link-broken';
      readonly id: string;
      readonly incarnation: number;
      readonly message: string;
    }
  /** It wants to see the whole system; main answers over this port. */
  | { readonly type: 'view'; readonly port: MessagePort }
  | { readonly type: 'crashed'; readonly crash: CrashReport };

export interface CrashReport {
  readonly message: string;
  readonly stack: string;
  readonly code: string | undefined;
}
