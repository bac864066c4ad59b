export * from './assert.js';
export * from './bytes.js';
export * from './ids.js';
export * from './ports.js';
export * from './prng.js';
export * from './result.js';
export * from './ring-buffer.js';
