export * from './frame.js';
export * from './value.js';
