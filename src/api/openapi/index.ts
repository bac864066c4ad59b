export { openApiDocument, openApiIndex, openApiVersion2 } from './document.js';
export type { OpenApiDocument, OpenApiIndex } from './document.js';
