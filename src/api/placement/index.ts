export { matchesNodeAffinity, matchesNodeSelectorTerm, type NodeFacts } from './node-affinity.js';
export {
  addAmounts,
  amountsOf,
  podRequests,
  subtractAmounts,
  type Amounts,
} from './pod-requests.js';
export { podQosClass } from './pod-qos.js';
export { toleratesTaint } from './tolerations.js';
