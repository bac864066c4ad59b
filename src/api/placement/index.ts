export { matchesNodeAffinity, matchesNodeSelectorTerm, type NodeFacts } from './node-affinity.js';
