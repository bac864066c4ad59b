import type { ActorContext } from '../actor/index.js';
import type { ApiClient, EventRecorder } from '../client/index.js';
import type { ContainerRuntime } from '../protocol/index.js';
import type { KubeletConfig } from './config.js';

/** What a pod's worker shares with all others of its kubelet. */
export interface WorkerPorts {
  readonly context: ActorContext;
  readonly client: ApiClient;
  readonly runtime: ContainerRuntime;
  readonly recorder: EventRecorder;
  readonly config: KubeletConfig;
}
