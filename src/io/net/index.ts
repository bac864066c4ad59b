export { HTTPS_LIMITS, type HttpsLimits } from './https-limits.js';
export { watchedKeys, type ServingKeys, type WatchedKeys } from './watched-keys.js';
export { HttpsListener, type HttpsListenerOptions } from './https-listener.js';
export { HttpsCaller, type HttpsCallerLimits } from './https-caller.js';
