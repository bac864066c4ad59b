import type { BehaviourFactory } from '../src/actor/index.js';
import { gateway, type GatewayConfig } from '../src/gateway/index.js';
import { HttpsCaller, HttpsListener, watchedKeys } from '../src/io/net/index.js';
import { runEdge } from '../src/io/thread/index.js';
import type { GatewayProtocol } from '../src/protocol/index.js';

/** Where this edge listens, beside what the gateway decides by. */
interface GatewayEntryConfig extends GatewayConfig {
  readonly host: string;
  readonly port: number;
  readonly certificateFile: string;
  readonly privateKeyFile: string;
  readonly clientCaFile: string;
  readonly connectionsMax: number;
}

/** So often the edge looks whether its certificate was renewed. */
const LOOK_MS = 60_000;

let listener: HttpsListener | undefined;
const webhooks = new HttpsCaller();

const edge: BehaviourFactory<GatewayProtocol, GatewayEntryConfig> = (context, config) => {
  const { host, port, connectionsMax } = config;
  const keys = watchedKeys(config);
  listener = new HttpsListener({ host, port, connectionsMax, ...keys.current });
  setInterval(() => {
    const renewed = keys.renewed();
    if (renewed === undefined) return;
    try {
      listener?.renew(renewed);
      context.log.info('certificate renewed');
    } catch (error) {
      // Its two files are written one after the other: the next look finds both.
      context.log.warn('the renewed certificate cannot be used yet', { error });
    }
  }, LOOK_MS).unref();
  return gateway(listener, webhooks)(context, config);
};

runEdge(edge, {
  destroyAll() {
    listener?.destroyAll();
    webhooks.destroyAll();
  },
});
