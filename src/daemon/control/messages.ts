import type { Span } from '../../actor/index.js';
import type { SavedSnapshot } from '../../store/index.js';
import type { BackupState } from '../backup/index.js';
import type { ElectionRecord, RaftRole } from '../../protocol/index.js';

/** What the command line asks a running daemon, one JSON line each way over DIR/run/control.sock. */
export type ControlRequest =
  | { readonly verb: 'status' }
  | { readonly verb: 'actors' }
  | { readonly verb: 'figures' }
  | { readonly verb: 'log-level'; readonly actor: string; readonly level: string }
  | { readonly verb: 'spans'; readonly traceId?: string | undefined }
  | { readonly verb: 'elections' }
  | { readonly verb: 'election'; readonly term: number }
  | { readonly verb: 'kill'; readonly target: string; readonly holdMs: number }
  | { readonly verb: 'snapshot'; readonly file: string }
  | ({ readonly verb: 'member' } & MemberAction)
  | { readonly verb: 'stop' }
  | { readonly verb: 'restart' }
  | { readonly verb: 'rolling-restart' };

export type MemberAction =
  | { readonly action: 'list' }
  | { readonly action: 'add'; readonly learner: boolean }
  | { readonly action: 'promote' | 'remove' | 'replace' | 'move-leader'; readonly target: string };

export interface ControlReplies {
  status: ClusterStatus;
  /** What is seen from outside, at once. */
  actors: readonly ActorLine[];
  /** With all that the actors tell themselves; takes up to half a second where one does not answer. */
  figures: readonly ActorDetail[];
  'log-level': { readonly actor: string; readonly level: string };
  /** Of one trace or of all; takes up to a second where an actor does not answer. */
  spans: CollectedSpans;
  /** Newest first, without evidence. */
  elections: readonly ElectionRecord[];
  /** All campaigns for a term, oldest first, with the evidence where it is still kept. */
  election: readonly ElectionRecord[];
  kill: KillOutcome;
  snapshot: SavedSnapshot;
  member: MemberReply;
  stop: { readonly pid: number };
  /** The daemon that ends, and its heart, which starts the next one. */
  restart: { readonly pid: number; readonly heartPid: number };
  /** In the order in which they were restarted. */
  'rolling-restart': { readonly actors: readonly string[] };
}

export type ControlResponse =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

/** `kubactor status -o json`: design section 7. */
export interface ClusterStatus {
  /** It serves: a leader, a majority of the replicas, the API server and the gateway are there. */
  readonly ready: boolean;
  /** What is wrong all the same, a line each; empty: nothing. */
  readonly degraded: readonly string[];
  readonly version: string;
  readonly pid: number;
  readonly apiServer: { readonly url: string };
  readonly kubeconfig: string;
  readonly store: {
    readonly leader: string | null;
    readonly term: number;
    readonly commitIndex: number;
    readonly replicas: readonly ReplicaLine[];
  };
  readonly actors: readonly ActorLine[];
  readonly nodes: { readonly total: number; readonly ready: number };
  readonly pods: { readonly total: number; readonly ready: number };
  /** Backups on a schedule; null: there are none. */
  readonly backups: BackupState | null;
  /** The process as a whole. */
  readonly process: {
    readonly rssBytes: number;
    readonly cpuMs: number;
    readonly uptimeMs: number;
  };
}

export interface ReplicaLine {
  readonly id: string;
  /** Null: the replica is down, did not answer, or refuses to take part. */
  readonly role: RaftRole | null;
  readonly state: string;
  readonly term: number;
  readonly lastIndex: number;
  readonly appliedIndex: number;
  readonly etcdEndpoint: string | null;
  /** What is wrong with its files, and what to do; null: nothing. */
  readonly problem: string | null;
}

export interface MemberReply {
  /** What was done, in words; null for `list`. */
  readonly done: string | null;
  /** What was asked for and is not reached yet, and what stands in its way. */
  readonly underWay: string | null;
  readonly obstacle: string | null;
  readonly members: readonly MemberLine[];
}

export interface MemberLine {
  /** 64 bits, decimal. */
  readonly id: string;
  /** Of its actor. */
  readonly name: string;
  readonly learner: boolean;
  readonly role: RaftRole | null;
  readonly state: string;
  readonly lastIndex: number;
  readonly problem: string | null;
}

export interface ActorLine {
  readonly id: string;
  readonly component: string;
  readonly state: string;
  readonly incarnation: number;
  readonly restarts: number;
  readonly mailboxMessages: number;
  readonly heapUsedBytes: number;
  readonly uptimeMs: number;
  readonly lastCrash: { readonly reason: string; readonly at: string } | null;
}

/**
 * `kubactor actors -o json`. Null: only the actor itself could tell, and it is down or did not answer. What is counted is counted
 * anew in each life.
 */
export interface ActorDetail extends ActorLine {
  readonly restartsByCause: Readonly<Record<string, number>>;
  /** Kills on purpose neither count nor end the row. */
  readonly crashesInRow: number;
  /** RFC 3339, UTC: when an actor that is down is tried again; null where it waits for no time. */
  readonly nextStartAt: string | null;
  readonly bufferBytes: number;
  readonly heapLimitBytes: number | null;
  readonly messagesHandled: number | null;
  readonly messagesIn: number | null;
  readonly messagesOut: number | null;
  readonly bytesIn: number | null;
  readonly bytesOut: number | null;
  readonly mailboxMessagesPeak: number | null;
  /** Upper bounds, as the times are counted in buckets that double. */
  readonly handlingP50Ms: number | null;
  readonly handlingP99Ms: number | null;
  readonly deadLettersByReason: Readonly<Record<string, number>> | null;
  /** Asks of its own that wait for an answer, and asks of others that it has not answered. */
  readonly asksPending: number | null;
  readonly callsPending: number | null;
  readonly streamsConsumed: number | null;
  readonly streamsProduced: number | null;
  /** How late its timers were over the last minute or two. */
  readonly loopDelayP50Ms: number | null;
  readonly loopDelayP99Ms: number | null;
  readonly loopDelayMaxMs: number | null;
  readonly loopActiveMs: number | null;
  readonly loopIdleMs: number | null;
  readonly gcCount: number | null;
  readonly gcMs: number | null;
  readonly gcMsMax: number | null;
  readonly lastCrash: {
    readonly reason: string;
    readonly at: string;
    readonly code: string | null;
    readonly stack: string;
  } | null;
}

export interface KillOutcome {
  /** The actor that `target` meant. */
  readonly actor: string;
  readonly incarnation: number;
}

export interface CollectedSpans {
  readonly spans: readonly Span[];
  /** Actors that did not answer: they are down, or busy. */
  readonly missing: readonly string[];
}
