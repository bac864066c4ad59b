import type { ErrorData, Result } from '../base/index.js';

/**
 * What runs containers, in the shape of CRI v1 (k8s.io/cri-api): the simulated runtime implements it, and so will an
 * embedded one and containerd. Every call settles; failures are values.
 */
export interface ContainerRuntime {
  version(): RuntimeVersion;
  pullImage(
    image: string,
  ): Promise<RuntimeResult<{ readonly imageRef: string; readonly sizeBytes: number }>>;
  /** Undefined: not here. */
  imageStatus(
    image: string,
  ): Promise<{ readonly imageRef: string; readonly sizeBytes: number } | undefined>;
  runPodSandbox(config: SandboxConfig): Promise<RuntimeResult<SandboxStatus>>;
  /** Kills what still runs in it and gives its address back. Repeating it is no error. */
  stopPodSandbox(sandboxId: string): Promise<void>;
  removePodSandbox(sandboxId: string): Promise<void>;
  createContainer(sandboxId: string, config: ContainerConfig): Promise<RuntimeResult<string>>;
  startContainer(containerId: string): Promise<RuntimeResult<void>>;
  /** Asks it to end, and kills it after the grace period. Resolves when it has ended. */
  stopContainer(containerId: string, graceSeconds: number): Promise<void>;
  removeContainer(containerId: string): Promise<void>;
  /** Everything at once: sandboxes with their containers, dead ones too until they are removed. */
  list(): readonly SandboxStatus[];
  /** One pod's, the newest attempt first. It costs what the pod has, not what the node has. */
  sandboxesOf(podUid: string): readonly SandboxStatus[];
  probe(containerId: string, probe: ProbeKind): Promise<ProbeResult>;
  /** A container's output so far, and what comes after it. Undefined: there is no such container (any more). */
  logs(containerId: string, follower: LogFollower): LogTail | undefined;
  /** Called when something changed by itself: a container ended. */
  onEvent(callback: (event: { readonly podUid: string }) => void): void;
}

export type RuntimeResult<T> = Result<T, RuntimeError>;
export interface RuntimeError extends ErrorData {
  readonly code: 'image-not-found' | 'not-found' | 'failed';
}

export interface RuntimeVersion {
  /** `containerd`, `simulated`. */
  readonly name: string;
  readonly version: string;
}

export interface SandboxConfig {
  readonly podUid: string;
  readonly namespace: string;
  readonly name: string;
  /** Counts the sandboxes of one pod, from 0. */
  readonly attempt: number;
  readonly hostNetwork: boolean;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface SandboxStatus {
  readonly id: string;
  readonly config: SandboxConfig;
  readonly state: 'ready' | 'not-ready';
  /** Empty with the host's network. */
  readonly ip: string;
  readonly createdAtMs: number;
  readonly containers: readonly ContainerStatus[];
}

export interface ContainerConfig {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** Counts the containers of this name in the pod, from 0: the restart count. */
  readonly attempt: number;
}

export interface ContainerStatus {
  readonly id: string;
  readonly config: ContainerConfig;
  readonly imageRef: string;
  readonly state: 'created' | 'running' | 'exited';
  /** Milliseconds since 1970; 0: not yet. */
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly exitCode: number;
  /** `Completed`, `Error`, `OOMKilled`, … */
  readonly reason: string;
}

export type ProbeKind =
  | { readonly type: 'exec'; readonly command: readonly string[] }
  | { readonly type: 'http'; readonly port: number; readonly path: string }
  | { readonly type: 'tcp'; readonly port: number }
  | { readonly type: 'grpc'; readonly port: number };

export interface ProbeResult {
  readonly outcome: 'success' | 'failure';
  /** What people read in the event: `HTTP probe failed with statuscode: 500`. */
  readonly output: string;
}

export interface LogFollower {
  onLine(line: LogLine): void;
  /** The container has ended: no line follows. At once, where it had ended before. */
  onEnd(): void;
}

export interface LogTail {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  /** Neither of the follower's callbacks runs after this. */
  cancel(): void;
}

export interface LogLine {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}
