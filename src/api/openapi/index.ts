export { openApiDocument, openApiIndex } from './document.js';
export type { OpenApiDocument, OpenApiIndex } from './document.js';
