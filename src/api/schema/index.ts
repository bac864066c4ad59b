export { decodeObject } from './decode.js';
export type { DecodedObject } from './decode.js';
export { duplicateFields } from './duplicates.js';
export { strictDecodingError, strictErrors } from './strict.js';
