export { HttpsListener, type HttpsListenerOptions } from './https-listener.js';
