export { decodeKubernetesProtobuf, unknownKindMessage } from './decode.js';
export type { DecodedProtobuf, ProtobufError } from './decode.js';
export {
  encodeKubernetesProtobuf,
  encodeProtobufList,
  encodeProtobufMessage,
  protobufWatchFrame,
  wrapProtobufMessage,
} from './encode.js';
