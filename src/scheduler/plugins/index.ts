import type { Plugin } from '../framework.js';
import { nodeAffinity } from './node-affinity.js';
import { nodeName } from './node-name.js';
import { nodePorts } from './node-ports.js';
import { nodeResources } from './node-resources.js';
import { nodeUnschedulable } from './node-unschedulable.js';
import { spread } from './spread.js';
import { taintToleration } from './taint-toleration.js';

/** In kube-scheduler's order: the first that turns a node down states the reason. */
export const PLUGINS: readonly Plugin[] = [
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResources,
  spread,
];
