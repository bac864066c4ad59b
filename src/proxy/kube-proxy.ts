import type { BehaviourFactory } from '../actor/index.js';
import { createApiClient, createSharedInformers, Resource } from '../client/index.js';
import type { SilentProtocol } from '../protocol/index.js';
import type { KubeProxyConfig, KubeProxyPorts } from './config.js';
import { planRules } from './plan.js';

/** Changes within this time of the last table are gathered into one: a rollout changes many slices at once. */
const SYNC_INTERVAL_MS = 100;
/** A table that could not be applied is tried again after this time. */
const RETRY_MS = 1000;

/** Keeps one node's rules equal to what Services and EndpointSlices say. The whole table is replaced, once a turn. */
export function kubeProxy(
  ports: KubeProxyPorts,
): BehaviourFactory<SilentProtocol, KubeProxyConfig> {
  return (context, config) => {
    const client = createApiClient(context, { server: config.server });
    const informers = createSharedInformers(context, client);
    const services = informers.informer(Resource.services);
    const slices = informers.informer(Resource.endpointslices);
    let stale = false;
    let applying = false;
    let stopped = false;
    const isStopped = (): boolean => stopped;
    let lastError: string | undefined;

    /** The first change is applied at once. */
    async function applyAll(): Promise<void> {
      if (applying || !services.hasSynced() || !slices.hasSynced()) return;
      applying = true;
      while (stale && !isStopped()) {
        stale = false;
        const result = await ports.rules.apply(
          planRules(services.list(), slices.list(), config.nodeName),
        );
        lastError = result.ok ? undefined : result.error.message;
        if (!result.ok) {
          context.log.warn('rules not applied', { error: result.error.message });
          stale = true;
        }
        await context.sleep(result.ok ? SYNC_INTERVAL_MS : RETRY_MS);
      }
      applying = false;
    }

    const changed = (): void => {
      stale = true;
    };
    return {
      start() {
        const handler = { onAdd: changed, onUpdate: changed, onDelete: changed };
        services.addHandler(handler);
        slices.addHandler(handler);
        changed();
        informers.start();
      },
      tells: {},
      asks: {},
      streams: {},
      turnEnd() {
        if (stale) void applyAll();
      },
      report: () => ({
        mode: config.mode,
        lastError,
        rules: ports.rules.report(),
        informers: informers.report(),
      }),
      stop() {
        stopped = true;
        informers.stop();
      },
    };
  };
}
