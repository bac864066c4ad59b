import type { ElectionRecord, RaftRole } from '../../protocol/index.js';

/** What the command line asks a running daemon, one JSON line each way over DIR/run/control.sock. */
export type ControlRequest =
  | { readonly verb: 'status' }
  | { readonly verb: 'actors' }
  | { readonly verb: 'elections' }
  | { readonly verb: 'kill'; readonly target: string; readonly holdMs: number }
  | { readonly verb: 'stop' }
  | { readonly verb: 'restart' };

export interface ControlReplies {
  status: ClusterStatus;
  actors: readonly ActorLine[];
  elections: readonly ElectionRecord[];
  kill: KillOutcome;
  stop: { readonly pid: number };
  /** The daemon that ends, and its heart, which starts the next one. */
  restart: { readonly pid: number; readonly heartPid: number };
}

export type ControlResponse =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

/** `kubactor status -o json`: design section 7. */
export interface ClusterStatus {
  readonly ready: boolean;
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

export interface KillOutcome {
  /** The actor that `target` meant. */
  readonly actor: string;
  readonly incarnation: number;
}
