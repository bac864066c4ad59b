export { applyJsonPatch } from './json-patch.js';
export { applyMergePatch } from './merge-patch.js';
export { applyStrategicMergePatch } from './strategic-merge-patch.js';
export type { PatchError } from './patch-error.js';
export { mergeKeyOf } from './merge-keys.js';
export type { MergeRule } from './merge-keys.js';
