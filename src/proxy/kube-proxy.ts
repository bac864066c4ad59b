import type { BehaviourFactory } from '../actor/index.js';
import { createApiClient, createSharedInformers, Resource } from '../client/index.js';
import type { SilentProtocol } from '../protocol/index.js';
import type { KubeProxyConfig, KubeProxyPorts } from './config.js';
import { planRules } from './plan.js';

/** A table that could not be applied is tried again after this time. */
const RETRY_MS = 1000;

/** Keeps one node's rules equal to what Services and EndpointSlices say. The whole table is replaced, once a turn. */
export function kubeProxy(ports: KubeProxyPorts): BehaviourFactory<SilentProtocol, KubeProxyConfig> {
  return (context, config) => {
    const client = createApiClient(context, { server: config.server });
    const informers = createSharedInformers(context, client);
    const services = informers.informer(Resource.services);
    const slices = informers.informer(Resource.endpointslices);
    let stale = false;
    let applying = false;
    let lastError: string | undefined;

    async function applyAll(): Promise<void> {
      if (applying || !services.hasSynced() || !slices.hasSynced()) return;
      applying = true;
      while (stale) {
        stale = false;
        const result = await ports.rules.apply(planRules(services.list(), slices.list(), config.nodeName));
        lastError = result.ok ? undefined : result.error.message;
        if (result.ok) continue;
        context.log.warn('rules not applied', { error: result.error.message });
        stale = true;
        await context.sleep(RETRY_MS);
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
      report: () => ({ mode: config.mode, lastError, rules: ports.rules.report(), informers: informers.report() }),
      stop() {
        informers.stop();
      },
    };
  };
}
