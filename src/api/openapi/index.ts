export { openApiDocument, openApiIndex } from './document.js';
