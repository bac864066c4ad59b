export type {
  Frame,
  FrameDecoder,
  FrameEncoder,
  FrameEntry,
  FrameError,
  FrameRecords,
  FrameRest,
  PackedEntry,
} from './frame.js';
export * from './frame-decoder.js';
export * from './frame-encoder.js';
export * from './protobuf-wire.js';
export * from './protobuf-writer.js';
export { SharedRecords } from './shared-records.js';
export { transfer } from './transfer.js';
export * from './value.js';
