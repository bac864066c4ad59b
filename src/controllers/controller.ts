import type { ActorContext } from '../actor/index.js';
import type { ApiClient, EventRecorder, SharedInformers } from '../client/index.js';
import { createEventRecorder } from '../client/index.js';
import type { ControllerManagerConfig } from './config.js';

/** What every controller works with: one client and one set of informers for all of them. */
export interface ControllerPorts {
  readonly context: ActorContext;
  readonly client: ApiClient;
  readonly informers: SharedInformers;
  readonly config: ControllerManagerConfig;
}

/** One control loop. It asks for its informers when it is made, and is started when they have synced. */
export interface Controller {
  readonly name: string;
  start(): void;
  stop(): void;
  /** Queue depth, last error, …: plain data. */
  report(): object;
}

/** Makes a controller; named for the folder that holds it. */
export type ControllerFactory = (ports: ControllerPorts) => Controller;

export function recorderOf(ports: ControllerPorts, component: string): EventRecorder {
  return createEventRecorder(ports.context, ports.client, { component });
}
