export * from './object.js';
export * from './resources.js';
export * from './scheme/resource.js';
export * from './schema/index.js';
export * from './protobuf/index.js';
export * from './openapi/index.js';
export * from './discovery/index.js';
