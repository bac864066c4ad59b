import { DESCRIPTION_LINES } from '../generated/descriptions.js';
import { assertDefined } from '../../base/index.js';
import { findModel } from '../scheme/model.js';

/** What a model and its fields are for, as Kubernetes documents them. */
export interface ModelDescription {
  /** Empty: there is none. */
  readonly text: string;
  readonly fields: ReadonlyMap<string, string>;
}

let starts: Map<string, number> | undefined;

/** Where each model's line begins: the text is long, so it is not cut before it is asked for. */
function lineStarts(): Map<string, number> {
  if (starts) return starts;
  starts = new Map();
  for (let at = 0; at < DESCRIPTION_LINES.length; ) {
    starts.set(DESCRIPTION_LINES.slice(at, DESCRIPTION_LINES.indexOf('\t', at)), at);
    const end = DESCRIPTION_LINES.indexOf('\n', at);
    at = end < 0 ? DESCRIPTION_LINES.length : end + 1;
  }
  return starts;
}

/** A line is the model's name, its text, and its fields' texts in the order of the generated model table. */
export function describeModel(name: string): ModelDescription {
  const start = lineStarts().get(name);
  if (start === undefined) return { text: '', fields: new Map() };
  const end = DESCRIPTION_LINES.indexOf('\n', start);
  const line = DESCRIPTION_LINES.slice(start, end < 0 ? undefined : end);
  const [, text = '', ...texts] = line.split('\t');
  const names = [...assertDefined(findModel(name), name).fields.keys()];
  const fields = names.map((field, at): [string, string] => [field, texts[at] ?? '']);
  return { text, fields: new Map(fields) };
}
