export { DEFAULT_GATEWAY_LIMITS, type GatewayConfig } from './config.js';
export { gateway } from './gateway.js';
