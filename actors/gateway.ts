import { readFileSync } from 'node:fs';
import type { BehaviourFactory } from '../src/actor/index.js';
import { gateway, type GatewayConfig } from '../src/gateway/index.js';
import { HttpsListener } from '../src/io/net/index.js';
import { runEdge } from '../src/io/thread/index.js';
import type { SilentProtocol } from '../src/protocol/index.js';

/** Where this edge listens, beside what the gateway decides by. */
interface GatewayEntryConfig extends GatewayConfig {
  readonly host: string;
  readonly port: number;
  readonly certificateFile: string;
  readonly privateKeyFile: string;
  readonly clientCaFile: string;
  readonly connectionsMax: number;
}

let listener: HttpsListener | undefined;

const edge: BehaviourFactory<SilentProtocol, GatewayEntryConfig> = (context, config) => {
  const read = (file: string): string => readFileSync(file, 'utf8');
  const { host, port, connectionsMax } = config;
  listener = new HttpsListener({
    host,
    port,
    connectionsMax,
    certificate: read(config.certificateFile),
    privateKey: read(config.privateKeyFile),
    clientCa: read(config.clientCaFile),
  });
  return gateway(listener)(context, config);
};

runEdge(edge, {
  destroyAll() {
    listener?.destroyAll();
  },
});
