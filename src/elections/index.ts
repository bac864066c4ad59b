export { attribute } from './attribute.js';
export { adds, mergeEvidence } from './merge.js';
export { plainMs } from './plain-ms.js';
export { isComplete, recordOf } from './record-of.js';
export { outcomeText, sentence } from './sentence.js';
export { shiviz } from './shiviz.js';
export { timeline } from './timeline.js';
export type { TimelineLine } from './timeline.js';
export type { Verdict } from './verdict.js';
