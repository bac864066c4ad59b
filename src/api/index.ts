export * from './object.js';
