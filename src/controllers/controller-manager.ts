import type { BehaviourFactory } from '../actor/index.js';
import { createApiClient, createSharedInformers, Resource } from '../client/index.js';
import type { SilentProtocol } from '../protocol/index.js';
import { readyCounts } from './cluster-counts.js';
import type { ControllerManagerConfig } from './config.js';
import type { ControllerFactory } from './controller.js';
import { CONTROLLERS } from './controller-list.js';

/** All controllers in one actor, over one set of informers. */
export function controllerManager(
  factories: readonly ControllerFactory[] = CONTROLLERS,
): BehaviourFactory<SilentProtocol, ControllerManagerConfig> {
  return (context, config) => {
    const client = createApiClient(context, { server: config.server });
    const informers = createSharedInformers(context, client);
    const controllers = factories.map((make) => make({ context, client, informers, config }));
    let stopped = false;

    async function begin(): Promise<void> {
      await informers.whenSynced();
      if (stopped) return;
      for (const controller of controllers) controller.start();
    }

    return {
      start: () => {
        informers.start();
        void begin();
      },
      tells: {},
      asks: {},
      streams: {},
      report: () => ({
        synced: informers.hasSynced(),
        nodes: readyCounts(informers.informer(Resource.nodes).list()),
        pods: readyCounts(informers.informer(Resource.pods).list()),
        controllers: Object.fromEntries(
          controllers.map((controller) => [controller.name, controller.report()]),
        ),
        informers: informers.report(),
      }),
      stop: () => {
        stopped = true;
        for (const controller of controllers) controller.stop();
        informers.stop();
      },
    };
  };
}
