export * from './sim-disk.js';
