export { HTTPS_LIMITS, type HttpsLimits } from './https-limits.js';
export { HttpsListener, type HttpsListenerOptions } from './https-listener.js';
