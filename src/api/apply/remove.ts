import type { FieldSet } from './field-set.js';
import { isEmptySet, isMember } from './field-set.js';
import { setEntry } from '../scheme/json.js';
import { fieldElement } from './path-element.js';
import type { Shape } from './shape.js';
import { asList, asMap, childShape, itemElement, resolve } from './shape.js';

/** The object without these fields. What has nothing left goes with the last of its parts. */
export function removeFields(value: unknown, fields: FieldSet, shape: Shape): unknown {
  if (isEmptySet(fields)) return value;
  const known = resolve(shape, value);
  if (known.type === 'map' && !known.atomic) {
    const map = asMap(value);
    if (map === undefined) return undefined;
    const rest: Record<string, unknown> = {};
    for (const [name, item] of Object.entries(map)) {
      const node = fields[fieldElement(name)];
      const kept = node === undefined ? item : restOf(item, node, childShape(known, name));
      if (kept !== undefined) setEntry(rest, name, kept);
    }
    return Object.keys(rest).length === 0 ? undefined : rest;
  }
  if (known.type === 'list' && known.relation !== 'atomic') {
    const rest = (asList(value) ?? []).flatMap((item) => {
      const node = fields[itemElement(known, item) ?? ''];
      const kept = node === undefined ? item : restOf(item, node, known.item());
      return kept === undefined ? [] : [kept];
    });
    return rest.length === 0 ? undefined : rest;
  }
  // Parts of what is owned as a whole were written when it was not.
  return known.type === 'scalar' ? value : undefined;
}

function restOf(item: unknown, node: FieldSet, shape: Shape): unknown {
  return isMember(node) ? undefined : removeFields(item, node, shape);
}
