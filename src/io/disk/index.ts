export { nodeDisk } from './node-disk.js';
