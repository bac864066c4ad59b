import type { ActorContext, Behaviour, BehaviourFactory, SystemFigures } from '../actor/index.js';
import { isReplicaId } from '../protocol/index.js';
import type { ApiProtocol, WebhookCaller } from '../protocol/index.js';
import { createStoreClient } from '../store/index.js';
import { bootstrap } from './bootstrap/bootstrap.js';
import { composeRegistry, DEFINITIONS } from './compose.js';
import type { ApiServerConfig } from './config.js';
import { keepApiServices } from './custom/api-services.js';
import { keepDefinitions } from './custom/definitions.js';
import { describeRequest } from './describe.js';
import type { HealthState } from './health.js';
import { answerHttp, answerHttpStream } from './http-face.js';
import { inFlight } from './in-flight.js';
import { answerMessage, answerWatchMessage } from './message-face.js';
import { createMetrics } from './metrics.js';
import type { Pipeline } from './pipeline.js';
import { RaftProgress } from './raft-progress.js';
import type { RegistryPorts } from './registry/ports.js';
import { keepCompacting } from './storage/compactor.js';
import type { StorePort } from './storage/store-port.js';
import type { TokenKey } from './tokens/token-key.js';
import { createPolicyMetrics } from './policy-metrics.js';
import { createWebhookMetrics } from './webhook-metrics.js';
import { gatewayWebhooks } from './webhooks/webhook-port.js';
import { noteTracedWrites, TracedWrites } from './traced-writes.js';

/** A store without a leader must not keep the actor from starting: it serves /livez, and says on /readyz what is missing. */
const START_MS_MAX = 3_000;
const BOOTSTRAP_RETRY_MS = 200;

/** What a host may offer beyond an actor's context. */
export interface ApiServerPorts {
  /** What there is to see of all actors: /metrics shows it. */
  readonly actorFigures?: () => Promise<SystemFigures>;
  /** What signs the tokens of service accounts. Absent: there are none. */
  readonly tokenKey?: TokenKey;
  /** How webhooks are called. Absent: through the gateway. */
  readonly webhooks?: WebhookCaller;
}

/** The API server as an actor: authn → authz → admission → registry, for HTTP of the gateway and messages of components. */
export function apiServer(
  hostPorts: ApiServerPorts = {},
): BehaviourFactory<ApiProtocol, ApiServerConfig> {
  return (context, config) => {
    const { replicas, storeRequestTimeoutMs } = config;
    return apiServerOver(
      context,
      config,
      createStoreClient(context, {
        replicas,
        requestTimeoutMs: storeRequestTimeoutMs,
        isReplica: isReplicaId,
      }),
      hostPorts,
    );
  };
}

/** The same over any store. */
export function apiServerOver(
  context: ActorContext,
  config: ApiServerConfig,
  store: StorePort,
  hostPorts: ApiServerPorts = {},
): Behaviour<ApiProtocol> {
  const tracedWrites = new TracedWrites(() => context.clock.monotonicMs());
  const webhookMetrics = createWebhookMetrics();
  const policyMetrics = createPolicyMetrics(webhookMetrics.registry);
  const ports = composeRegistry(
    context,
    config,
    noteTracedWrites(context, store, tracedWrites),
    hostPorts.webhooks ?? gatewayWebhooks(context, config.gateway),
    hostPorts.tokenKey,
    webhookMetrics,
    policyMetrics,
  );
  const life = { stopping: false, bootstrapped: false, becameReady: (): void => undefined };
  const pipeline: Pipeline = {
    ports,
    tracedWrites,
    authorizer: ports.authorizer,
    inFlight: inFlight(config.maxRequestsInFlight, config.maxMutatingRequestsInFlight),
    metrics: createMetrics({
      clock: context.clock,
      actorFigures: hostPorts.actorFigures,
      webhooks: webhookMetrics,
      storeFigures: () => store.figures({ timeoutMs: 1_000 }),
    }),
    ready: new Promise((resolve) => {
      life.becameReady = resolve;
    }),
  };
  const health: HealthState = {
    clock: context.clock,
    ports,
    actors: hostPorts.actorFigures,
    replicas: () => store.figures({ timeoutMs: 1_000 }),
    progress: new RaftProgress(context.clock),
    bootstrapped: () => life.bootstrapped,
    stopping: () => life.stopping,
  };
  const inBackground = (work: Promise<void>): void => {
    work.catch((error: unknown) => {
      if (!life.stopping) context.crash(error instanceof Error ? error : new Error(String(error)));
    });
  };
  return {
    start() {
      const { compactionIntervalMs: intervalMs, historyRevisionsMax: revisionsMax } = config;
      inBackground(
        keepCompacting(context, store, { intervalMs, revisionsMax }, () => life.stopping),
      );
      const prepared = prepare(context, ports, () => life.stopping).then(() => {
        life.bootstrapped = true;
        life.becameReady();
      });
      inBackground(prepared);
      inBackground(prepared.then(() => keepDefinitions(ports, DEFINITIONS, () => life.stopping)));
      inBackground(prepared.then(() => keepApiServices(ports, DEFINITIONS, () => life.stopping)));
      return Promise.race([prepared, context.sleep(START_MS_MAX)]);
    },
    tells: {},
    asks: {
      request: (call) => {
        inBackground(answerMessage(pipeline, call));
      },
      http: (call) => {
        inBackground(answerHttp(pipeline, health, call));
      },
    },
    streams: {
      watch: (call) => {
        inBackground(answerWatchMessage(pipeline, call));
      },
      http: (call) => {
        inBackground(answerHttpStream(pipeline, call));
      },
    },
    peerUp: (peer) => {
      store.peerUp(peer);
    },
    peerDown: (peer) => {
      store.peerDown(peer);
    },
    describe: describeRequest,
    report: () => ({
      revision: ports.feed.revision,
      ready: life.bootstrapped,
      watches: pipeline.metrics.watches,
      readOnlyInFlight: pipeline.inFlight.readOnly,
      mutatingInFlight: pipeline.inFlight.mutating,
    }),
    stop() {
      life.stopping = true;
      ports.feed.stop();
    },
  };
}

/** Fills the caches, and creates what a cluster has from the start; again and again until the store lets it. */
async function prepare(
  context: ActorContext,
  ports: RegistryPorts,
  isStopped: () => boolean,
): Promise<void> {
  const startMs = context.clock.monotonicMs();
  await ports.feed.start();
  const filledMs = context.clock.monotonicMs();
  while (!isStopped() && !(await bootstrap(ports))) await context.sleep(BOOTSTRAP_RETRY_MS);
  context.log.info('serving', {
    revision: ports.feed.revision,
    fillMs: Math.round(filledMs - startMs),
    bootstrapMs: Math.round(context.clock.monotonicMs() - filledMs),
  });
}
