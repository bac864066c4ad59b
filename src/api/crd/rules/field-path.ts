import type { Result } from '../../../base/index.js';
import { failed, ok } from '../../../base/index.js';
import type { JsonSchema } from '../json-schema.js';

const STEP = /\.([^.[\]]+)|\['((?:[^'\\]|\\.)*)'\]/gy;
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  "'": "'",
  '\\': '\\',
};

/**
 * A rule's fieldPath, `.spec.ports['http']`, as the errors of a field name it: `spec.ports[http]`. It leads through
 * properties and the keys of maps, never into lists.
 */
export function readFieldPath(text: string, schema: JsonSchema): Result<string, string> {
  let path = '';
  let at: JsonSchema | undefined = schema;
  let end = 0;
  STEP.lastIndex = 0;
  for (let step = STEP.exec(text); step !== null; step = STEP.exec(text)) {
    const name = step[1] ?? unescaped(step[2] ?? '');
    if (at?.properties !== undefined) {
      if (!Object.hasOwn(at.properties, name)) return failed('does not refer to a valid field');
      path += path === '' ? name : `.${name}`;
      at = at.properties[name];
    } else if (typeof at?.additionalProperties === 'object') {
      path += `[${name}]`;
      at = at.additionalProperties;
    } else return failed('does not refer to a valid field');
    end = STEP.lastIndex;
  }
  return end < text.length || end === 0
    ? failed(`expected [ or . but got: ${text.slice(end)}`)
    : ok(path);
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (whole, letter: string) => ESCAPES[letter] ?? whole);
}
