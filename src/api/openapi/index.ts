export { openApiDocument, openApiIndex, openApiVersion2 } from './document.js';
export { VERSION_2_PROTOBUF_ALIAS, VERSION_2_PROTOBUF_TYPE } from './version-2-protobuf.js';
export type { OpenApiDocument, OpenApiIndex } from './document.js';
