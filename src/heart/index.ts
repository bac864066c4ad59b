export { runHeart, type Beat } from './heart.js';
