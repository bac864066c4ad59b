export * from './cluster-tree.js';
