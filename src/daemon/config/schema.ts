import * as z from 'zod';
import { scheduleProblem } from '../backup/backup-plan.js';
import { autoCompaction } from './auto-compaction.js';

const port = z.int().min(0).max(65_535);

/**
 * The configuration, `apiVersion: kubactor.dev/v1alpha1`, `kind: Cluster`. Every setting has a default; the paths are a
 * contract with scripts (docs/configuration.md).
 */
export const clusterSchema = z.strictObject({
  apiServer: z
    .strictObject({
      /** 0: any free port, kept for the next start. */
      port: port.default(6443),
      host: z.ipv4().default('127.0.0.1'),
      /** Names and addresses for the serving certificate, beside the loopback ones. */
      extraNames: z.array(z.string().min(1)).default([]),
    })
    .prefault({}),
  etcd: z
    .strictObject({
      enabled: z.boolean().default(false),
      ports: z.array(port).length(3).default([2379, 22_379, 32_379]),
    })
    .prefault({}),
  nodes: z
    .strictObject({
      count: z.int().min(0).max(50).default(3),
      simulated: z.int().min(0).max(10_000).default(0),
      runtime: z.enum(['auto', 'embedded', 'containerd', 'simulated']).default('auto'),
      cpu: z.string().default('4'),
      memory: z.string().default('8Gi'),
      podsMax: z.int().min(1).max(1000).default(110),
    })
    .prefault({}),
  network: z
    .strictObject({
      podCidr: z.cidrv4().default('10.244.0.0/16'),
      serviceCidr: z.cidrv4().default('10.96.0.0/12'),
    })
    .prefault({}),
  proxy: z
    .strictObject({
      mode: z.enum(['auto', 'userspace', 'iptables', 'nftables', 'ipvs']).default('auto'),
    })
    .prefault({}),
  store: z
    .strictObject({
      backend: z.enum(['raft', 'etcd']).default('raft'),
      tickMs: z.int().min(10).max(10_000).default(200),
      heartbeatTicks: z.int().min(1).max(100).default(2),
      electionTicks: z.int().min(2).max(1000).default(6),
      snapshotEntries: z.int().min(10).max(10_000_000).default(100_000),
      /** etcd's --quota-backend-bytes: beyond it writes are refused. All replicas hold it in memory. */
      quotaBytes: z
        .int()
        .min(1_048_576)
        .max(64 * 2 ** 30)
        .default(2 * 2 ** 30),
      /** etcd's --auto-compaction-mode and --auto-compaction-retention. */
      autoCompaction: z
        .strictObject({
          mode: z.enum(['off', 'periodic', 'revision']).default('off'),
          retention: z.union([z.string(), z.number()]).transform(String).default('0'),
        })
        .superRefine((settings, context) => {
          const fits = autoCompaction(settings);
          if (!fits.ok)
            context.addIssue({ code: 'custom', path: ['retention'], message: fits.error });
        })
        .prefault({}),
      /** etcd's --corrupt-check-time: how often the leader compares the replicas' data; 0: never. */
      hashCheckMs: z.int().min(0).max(86_400_000).default(300_000),
      /** How often what is left of a long lease is written down (etcd's --experimental-enable-lease-checkpoint). */
      leaseCheckpointMs: z.int().min(1000).max(86_400_000).default(300_000),
    })
    .prefault({}),
  supervision: z
    .strictObject({
      /** More crashes than this within the period end the daemon. Kills made on purpose do not count. */
      intensity: z.int().min(0).max(10_000).default(30),
      periodSeconds: z.int().min(1).max(86_400).default(60),
      stallSeconds: z.int().min(1).max(3600).default(15),
      heapMb: z.int().min(64).max(65_536).default(1024),
      /** Of an actor, beside its heap. */
      buffersMb: z.int().min(64).max(65_536).default(1024),
      /** Started threads that wait for a restart, for the store and as many for the API server. */
      warmSpares: z.int().min(0).max(16).default(1),
    })
    .prefault({}),
  backup: z
    .strictObject({
      enabled: z.boolean().default(false),
      /** A cron expression, in local time. */
      schedule: z
        .string()
        .superRefine((schedule, context) => {
          const problem = scheduleProblem(schedule);
          if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
        })
        .default('0 */6 * * *'),
      keep: z.int().min(1).max(10_000).default(8),
      /** Empty: DIR/backups. */
      folder: z.string().default(''),
    })
    .prefault({}),
  dashboard: z.strictObject({ port: port.default(0) }).prefault({}),
  tracing: z
    .strictObject({
      /** Of the requests whose client does not decide. */
      sampleRate: z.number().min(0).max(1).default(0),
      otlp: z
        .strictObject({
          /** The base URL of an OpenTelemetry collector, `http://127.0.0.1:4318`; empty: nothing is exported. */
          endpoint: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
        })
        .prefault({}),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
      /** Of one file: it is then set aside. */
      maxBytes: z
        .int()
        .min(4096)
        .max(2 ** 30)
        .default(8 * 2 ** 20),
      /** Of a file's first line: it is then set aside. */
      maxAgeHours: z.int().min(1).max(87_600).default(168),
      /** Files of each actor, the one that is written to included. */
      keep: z.int().min(1).max(100).default(3),
    })
    .prefault({}),
});

export type ClusterConfig = z.infer<typeof clusterSchema>;

export const API_VERSION = 'kubactor.dev/v1alpha1';
export const KIND = 'Cluster';

/** A setting that stands in the contract before its feature is built: any value but these is refused. */
export const NOT_BUILT_YET: readonly {
  path: string;
  built: readonly unknown[];
  feature: string;
}[] = [
  { path: 'etcd.enabled', built: [false], feature: 'the etcd v3 gRPC API' },
  { path: 'nodes.simulated', built: [0], feature: 'additional simulated nodes' },
  { path: 'nodes.runtime', built: ['auto', 'simulated'], feature: 'containers that really run' },
  { path: 'proxy.mode', built: ['auto'], feature: 'rules that really forward' },
  { path: 'store.backend', built: ['raft'], feature: 'an external etcd' },
];
