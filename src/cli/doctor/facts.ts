/** What doctor has found out about this machine. Undefined: it cannot be known here. */
export interface MachineFacts {
  readonly nodeVersion: string;
  readonly platform: string;
  /** Soft limits. */
  readonly openFilesMax: number | undefined;
  /** Processes and threads that may still be started, by the user's limit and the cgroup's. */
  readonly threadsLeft: number | undefined;
  readonly memoryAvailableBytes: number | undefined;
  readonly wallMs: number;
  readonly folder: FolderFacts;
  readonly ports: readonly PortFacts[];
  readonly kernel: KernelFacts;
  /** Of the programs that are looked for: those that are on the PATH. */
  readonly programs: readonly string[];
  readonly sockets: readonly string[];
  readonly isRoot: boolean;
}

export interface FolderFacts {
  readonly root: string;
  /** Why a daemon could not use it; undefined: it can. */
  readonly problem: string | undefined;
  /** Of the daemon that has it. */
  readonly pid: number | undefined;
  readonly freeBytes: number | undefined;
  /** Of a small write and its fdatasync. */
  readonly syncP50Ms: number | undefined;
  readonly syncP99Ms: number | undefined;
}

export interface PortFacts {
  /** The setting that names it. */
  readonly setting: string;
  readonly address: string;
  readonly problem: string | undefined;
}

export interface KernelFacts {
  readonly userNamespaces: boolean;
  /** Of cgroup v2; empty where there is none. */
  readonly cgroupControllers: readonly string[];
  readonly overlayfs: boolean;
  readonly ipvs: boolean;
}
