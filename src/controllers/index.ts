export type { ControllerManagerConfig } from './config.js';
export { controllerManager } from './controller-manager.js';
