export { runHeart, type Beat } from './heart.js';
export { MALLOC_SETTINGS } from './malloc.js';
