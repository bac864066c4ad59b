export { setDefaults } from './set-defaults.js';
