export * from './frame.js';
export * from './protobuf-wire.js';
export * from './protobuf-writer.js';
export { transfer } from './transfer.js';
export * from './value.js';
