import { actorId, type Log } from '../base/index.js';
import type { ThreadActorSystem } from '../io/thread/index.js';
import { isLogLevel, LOG_LEVELS, openActorLog } from '../io/log/index.js';
import { nodeDisk } from '../io/disk/index.js';
import { startSystem } from '../io/thread/index.js';
import { clusterTree, replicaSpec, type ClusterShape } from '../topology/index.js';
import { KUBERNETES_VERSION } from '../api/index.js';
import { actorDetails } from './actor-detail.js';
import { openBackups } from './backup/open-backups.js';
import { SnapshotTaking } from './backup/index.js';
import { actorLine, clusterStatus, type StatusFacts } from './cluster-status.js';
import { componentConfig, nodeNames } from './component-config.js';
import type { ClusterConfig, ReloadPlan } from './config/index.js';
import {
  serveControl,
  type ClusterStatus,
  type ControlHandlers,
  type KillOutcome,
  type ReplicaLine,
} from './control/index.js';
import { writeDiagnostics } from './diagnostics.js';
import { keptElections } from './election-files.js';
import { OperatingError } from './failure.js';
import { readKeptMembers, type DataFolder, type KeptMembers } from './folder/index.js';
import { answerMember, Membership } from './members/index.js';
import { openDataFolder } from './open-data-folder.js';
import { applyReload } from './reload.js';
import { rollingRestart } from './rolling-restart.js';
import { Surroundings } from './surroundings.js';
import { keepLogsSwept, logKeeping } from './log-keeping.js';
import { resolveTarget } from './target.js';
import { collectSpans, spanTail } from './tracing/span-collector.js';
import { OtlpExporter } from './tracing/otlp-exporter.js';

export interface DaemonOptions {
  readonly config: ClusterConfig;
  readonly folder: DataFolder;
  /** Of several clusters on one machine. */
  readonly name?: string | undefined;
  readonly version: string;
  /** Called for each step on the way to ready. */
  readonly progress: (line: string) => void;
  /** Called with what is wrong, for who runs it. */
  readonly complain: (line: string) => void;
  /** Called when something outside asks for the end (`kubactor stop`). */
  readonly onStopRequest: () => void;
  /** Called when something outside asks for a new process (`kubactor restart`). Absent: nobody would start one. */
  readonly onRestartRequest: (() => void) | undefined;
}

export interface Daemon {
  readonly url: string;
  readonly status: () => Promise<Awaited<ReturnType<typeof clusterStatus>>>;
  /** Resolves when every actor is up; rejects with the reason where the tree gave up. */
  readonly ready: Promise<void>;
  /** Resolves when the tree has ended: by `stop`, or because its supervisor gave up. */
  readonly ended: Promise<{ readonly failure: string | undefined }>;
  readonly stop: () => Promise<void>;
  /** Main's own. */
  readonly log: Log;
  /** Takes over those settings that can be taken over at run time. */
  readonly reload: (config: ClusterConfig) => ReloadPlan;
  /** Writes all that there is to see into a file, and returns its name. */
  readonly writeDiagnostics: () => Promise<string>;
}

/** The composition root: a data folder and a configuration become a supervised cluster. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const startedMs = performance.now();
  const { config, folder } = options;
  const { lock, port, pki, url, clusterId, keepFresh } = await openDataFolder(
    folder,
    config,
    options.name,
    options.progress,
  );

  const members = (): KeptMembers => readKeptMembers(folder);
  const configOf = componentConfig({
    config,
    folder,
    apiServerPort: port,
    clusterId,
    caCertificate: pki.ca.certificate,
    version: KUBERNETES_VERSION,
    members,
  });
  const shape = (): ClusterShape => ({
    replicas: members().replicas.map(({ name }) => actorId(name)),
    nodeNames: nodeNames({ config }),
    intensity: config.supervision.intensity,
    periodMs: config.supervision.periodSeconds * 1000,
    stallMs: config.supervision.stallSeconds * 1000,
    heapMbMax: config.supervision.heapMb,
    buffersMbMax: config.supervision.buffersMb,
    quotaBytes: config.store.quotaBytes,
    warmSpares: config.supervision.warmSpares,
    configOf,
  });
  const tree = clusterTree(shape());
  options.progress(`starting ${tree.children.length} actors on ${folder.root} …`);
  const keeping = logKeeping(config);
  let ownLostLines = 0;
  const log = openActorLog({
    folder: folder.logs,
    level: config.log.level,
    actor: 'main',
    incarnation: 1,
    keeping,
    onLost: (lines) => {
      ownLostLines = lines;
    },
  });
  const system = startSystem(tree, {
    log,
    entryUrl: (entry) => new URL(`../../actors/${entry}.cjs`, import.meta.url),
    logFolder: folder.logs,
    logLevel: config.log.level,
    logKeeping: keeping,
  });
  keepLogsSwept(folder.logs, () => system.actors().map(({ id }) => id), keeping, log);
  const surroundings = new Surroundings({
    ...folder,
    disk: nodeDisk(),
    lostLines: () =>
      system.actors().reduce((sum, { lostLogLines }) => sum + lostLogLines, ownLostLines),
    log,
    complain: options.complain,
    say: options.progress,
  });
  let isReady = false;
  const snapshots = new SnapshotTaking(system, () =>
    members().replicas.map(({ name }) => actorId(name)),
  );
  const backups = openBackups(folder, config, log, snapshots);
  const facts: StatusFacts = {
    system,
    url,
    kubeconfig: folder.kubeconfig,
    version: options.version,
    startedMs,
    isReady: () => isReady,
    backups: () => backups.state(),
    problems: () => surroundings.problems(),
  };
  const membership = new Membership({
    system,
    folder,
    replicaSpec: (name) => replicaSpec(shape(), actorId(name)),
    takesPart: async (name) =>
      (await clusterStatus(facts)).store.replicas.some(
        ({ id, role }) => id === name && role !== null,
      ),
  });
  const ready = system.ready().then(() => {
    isReady = true;
    membership.resume();
    backups.schedule(config.backup);
  });
  const handlers = controlHandlers(facts, snapshots, options, membership);
  const control = await serveControl(folder.controlSocket, handlers);
  const endRenewal = keepFresh(log);
  const { endpoint } = config.tracing.otlp;
  const exporter =
    endpoint === ''
      ? undefined
      : new OtlpExporter({ endpoint, version: options.version, tail: spanTail(system), log });
  const stop = async (): Promise<void> => {
    await exporter?.close();
    await system.stop();
  };
  const ended = system.ended.then((outcome) => {
    endRenewal();
    surroundings.close();
    backups.close();
    control.close();
    lock.release();
    return outcome;
  });
  let running = config;
  return {
    url,
    log,
    status: () => clusterStatus(facts),
    ready,
    ended,
    stop,
    reload(read) {
      const plan = applyReload(running, read, { system, backups, log });
      running = {
        ...running,
        log: { ...config.log, level: read.log.level },
        backup: { ...read.backup, folder: config.backup.folder },
      };
      return plan;
    },
    writeDiagnostics: () => writeDiagnostics(folder, facts, running),
  };
}

function controlHandlers(
  facts: StatusFacts,
  snapshots: SnapshotTaking,
  { folder, onStopRequest, onRestartRequest }: DaemonOptions,
  membership: Membership,
): ControlHandlers {
  const { system } = facts;
  let isRolling = false;
  const replicas = async (): Promise<readonly ReplicaLine[]> =>
    (await clusterStatus(facts)).store.replicas;
  const files = keptElections(folder);
  return {
    status: () => clusterStatus(facts),
    actors: () => system.actors().map(actorLine),
    figures: () => actorDetails(system),
    'log-level': ({ actor, level }) => setLogLevel(system, actor, level),
    elections: () => files.newestFirst().map(({ evidence: _, ...record }) => record),
    election: ({ term }) =>
      files
        .newestFirst()
        .filter((record) => record.term === term)
        .reverse(),
    snapshot: ({ file }) => snapshots.save(file),
    spans: ({ traceId }) => collectSpans(system, traceId),
    kill: ({ target, holdMs }) => kill(system, target, holdMs),
    member: (request) => answerMember({ system, membership, replicas }, request),
    stop() {
      // The answer goes out first.
      setImmediate(onStopRequest);
      return { pid: process.pid };
    },
    async 'rolling-restart'() {
      if (isRolling) throw new OperatingError('a rolling restart is under way already');
      isRolling = true;
      try {
        const status = (): Promise<ClusterStatus> => clusterStatus(facts);
        return { actors: await rollingRestart({ system, status }) };
      } finally {
        isRolling = false;
      }
    },
    restart() {
      if (onRestartRequest === undefined)
        throw new OperatingError('this daemon runs without a heart that would start it again');
      setImmediate(onRestartRequest);
      return { pid: process.pid, heartPid: process.ppid };
    },
  };
}

function setLogLevel(
  system: ThreadActorSystem,
  actor: string,
  level: string,
): { readonly actor: string; readonly level: string } {
  if (!isLogLevel(level))
    throw new OperatingError(`no level ${level}; known: ${LOG_LEVELS.join(', ')}`);
  if (!system.actors().some(({ id }) => id === actor)) throw unknownActor(system, actor);
  const set = system.setLogLevel(actor, level);
  if (!set.ok) throw new OperatingError(`${actor}: ${set.error.message}`);
  return { actor, level };
}

function unknownActor(system: ThreadActorSystem, actor: string): OperatingError {
  const known = system.actors().map(({ id }) => id);
  return new OperatingError(`no actor ${actor}; known: ${known.join(', ')}`);
}

/** A chaos kill of an actor id, `store-leader` or `store-follower`. */
async function kill(
  system: ThreadActorSystem,
  target: string,
  holdMs: number,
): Promise<KillOutcome> {
  const actors = system.actors();
  const id = await resolveTarget(system, target);
  const actor = actors.find((candidate) => candidate.id === id);
  if (actor === undefined) {
    throw new OperatingError(
      `no actor ${target}; known: ${actors.map((known) => known.id).join(', ')}, store-leader, store-follower`,
    );
  }
  const killed = await system.kill(actor.id, { holdMs });
  if (!killed.ok) throw new OperatingError(`${actor.id} was not killed: ${killed.error.message}`);
  return { actor: actor.id, incarnation: actor.incarnation };
}
