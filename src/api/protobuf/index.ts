export { decodeKubernetesProtobuf } from './decode.js';
export type { DecodedProtobuf, ProtobufError } from './decode.js';
export { encodeKubernetesProtobuf } from './encode.js';
