export { newTokenKeyPem, tokenKey, type TokenSigningKey } from './token-key.js';
