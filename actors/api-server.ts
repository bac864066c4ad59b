import { readFileSync } from 'node:fs';
import type { BehaviourFactory } from '../src/actor/index.js';
import { apiServer, type ApiServerConfig } from '../src/apiserver/index.js';
import { tokenKey } from '../src/io/crypto/index.js';
import { runActor, systemFigures } from '../src/io/thread/index.js';
import type { ApiProtocol } from '../src/protocol/index.js';

/** Where its key is, beside what the API server decides by. */
interface ApiServerEntryConfig extends ApiServerConfig {
  readonly tokenKeyFile: string;
}

const server: BehaviourFactory<ApiProtocol, ApiServerEntryConfig> = (context, config) =>
  apiServer({
    actorFigures: systemFigures,
    tokenKey: tokenKey(readFileSync(config.tokenKeyFile, 'utf8')),
  })(context, config);

runActor(server);
