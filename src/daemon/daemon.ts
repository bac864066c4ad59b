import { actorId } from '../base/index.js';
import type { ThreadActorSystem } from '../io/thread/index.js';
import { isLogLevel, LOG_LEVELS } from '../io/log/index.js';
import { startSystem } from '../io/thread/index.js';
import { clusterTree, replicaSpec, type ClusterShape } from '../topology/index.js';
import { KUBERNETES_VERSION } from '../api/index.js';
import { actorDetails } from './actor-detail.js';
import { actorLine, clusterElections, clusterStatus, type StatusFacts } from './cluster-status.js';
import { componentConfig, nodeNames } from './component-config.js';
import type { ClusterConfig } from './config/index.js';
import {
  serveControl,
  type ControlHandlers,
  type KillOutcome,
  type ReplicaLine,
} from './control/index.js';
import { OperatingError } from './failure.js';
import {
  lockFolder,
  prepareDataFolder,
  readKeptMembers,
  readKeptState,
  writeFileAtomic,
  type DataFolder,
  type KeptMembers,
} from './folder/index.js';
import { answerMember, Membership } from './members/index.js';
import { ensurePki, kubeconfigText } from './pki/index.js';
import { chooseServingPort } from './serving-port.js';
import { resolveTarget } from './target.js';

export interface DaemonOptions {
  readonly config: ClusterConfig;
  readonly folder: DataFolder;
  readonly version: string;
  /** Called for each step on the way to ready. */
  readonly progress: (line: string) => void;
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
}

/** The composition root: a data folder and a configuration become a supervised cluster. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const startedMs = performance.now();
  const { config, folder } = options;
  prepareDataFolder(folder);
  const lock = await lockFolder(folder.root);
  const port = await chooseServingPort(folder, config.apiServer.host, config.apiServer.port);
  const pki = await ensurePki(folder.pki, servingNames(config));
  const url = `https://${config.apiServer.host}:${port}`;
  writeFileAtomic(folder.kubeconfig, kubeconfigText(url, pki));

  const members = (): KeptMembers => readKeptMembers(folder);
  const configOf = componentConfig({
    config,
    folder,
    apiServerPort: port,
    clusterId: readKeptState(folder).clusterId,
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
    warmSpares: config.supervision.warmSpares,
    configOf,
  });
  const tree = clusterTree(shape());
  options.progress(`starting ${tree.children.length} actors on ${folder.root} …`);
  const system = startSystem(tree, {
    entryUrl: (entry) => new URL(`../../actors/${entry}.cjs`, import.meta.url),
    logFolder: folder.logs,
    logLevel: config.log.level,
  });
  let isReady = false;
  const facts: StatusFacts = {
    system,
    url,
    kubeconfig: folder.kubeconfig,
    version: options.version,
    startedMs,
    isReady: () => isReady,
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
  });
  const handlers = controlHandlers(facts, options, membership);
  const control = await serveControl(folder.controlSocket, handlers);
  const ended = system.ended.then((outcome) => {
    control.close();
    lock.release();
    return outcome;
  });
  return { url, status: () => clusterStatus(facts), ready, ended, stop: () => system.stop() };
}

function servingNames(config: ClusterConfig): string[] {
  const inCluster = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  return [
    ...new Set([
      'localhost',
      '127.0.0.1',
      config.apiServer.host,
      ...inCluster,
      firstAddress(config.network.serviceCidr),
      ...config.apiServer.extraNames,
    ]),
  ];
}

/** The first usable address of a network: the Service `default/kubernetes` gets it. */
function firstAddress(cidr: string): string {
  const bytes = (cidr.split('/')[0] ?? '').split('.').map(Number);
  return [...bytes.slice(0, 3), (bytes[3] ?? 0) + 1].join('.');
}

function controlHandlers(
  facts: StatusFacts,
  { onStopRequest, onRestartRequest }: DaemonOptions,
  membership: Membership,
): ControlHandlers {
  const { system } = facts;
  const replicas = async (): Promise<readonly ReplicaLine[]> =>
    (await clusterStatus(facts)).store.replicas;
  return {
    status: () => clusterStatus(facts),
    actors: () => system.actors().map(actorLine),
    figures: () => actorDetails(system),
    'log-level': ({ actor, level }) => setLogLevel(system, actor, level),
    elections: () => clusterElections(system),
    kill: ({ target, holdMs }) => kill(system, target, holdMs),
    member: (request) => answerMember({ system, membership, replicas }, request),
    stop() {
      // The answer goes out first.
      setImmediate(onStopRequest);
      return { pid: process.pid };
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
