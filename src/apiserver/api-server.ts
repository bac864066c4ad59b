import type { BehaviourFactory } from '../actor/index.js';
import type { ApiProtocol } from '../protocol/index.js';
import type { ApiServerConfig } from './config.js';

/** The API server as an actor. */
export function apiServer(): BehaviourFactory<ApiProtocol, ApiServerConfig> {
  return () => {
    throw new Error('not composed yet');
  };
}
