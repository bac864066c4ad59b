export { AUTOSCALER_V1 } from './autoscaler.js';
export { EVENT_V1 } from './event.js';
