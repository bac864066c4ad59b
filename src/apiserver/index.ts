export { apiServer } from './api-server.js';
export { API_SERVER_DEFAULTS, COMPONENT_IDENTITIES } from './config.js';
export type { TokenKey } from './tokens/token-key.js';
export type { ApiServerConfig, ComponentIdentity } from './config.js';
