import type { Test } from 'tap';
import { created, updated } from './cases.js';
import type { Fields } from './cases.js';

/** Of one type: objects without their metadata, each with the errors that are expected of it. */
interface TypeCases {
  readonly resource: string;
  readonly namespaced?: true;
  /** `x`, unless names are told apart. */
  readonly name?: string;
  readonly valid: Fields;
  readonly refused: readonly (readonly [Fields, ...string[]])[];
  /** New, old. */
  readonly changed?: readonly Change[];
  readonly status?: readonly Change[];
  readonly names?: readonly (readonly [name: string, ...string[]])[];
}

type Change = readonly [object: Fields, old: Fields, ...errors: string[]];

export function checkTypes(t: Test, group: string, types: readonly TypeCases[]): void {
  for (const cases of types) {
    const { resource, name = 'x', valid, refused, changed = [], status = [], names = [] } = cases;
    const key = `${group}/${resource}`;
    const metadata = { name, ...(cases.namespaced && { namespace: 'default' }) };
    const of = (object: Fields): Fields => ({ metadata, ...object });
    t.same(created(key, of(valid)), [], `${resource}: valid`);
    t.same(updated(key, of(valid), of(valid)), [], `${resource}: unchanged`);
    t.same(updated(key, of(valid), of(valid), 'status'), [], `${resource}: status`);
    for (const [object, ...errors] of refused)
      t.same(created(key, of(object)), errors, `${resource}: ${errors[0] ?? ''}`);
    for (const [object, old, ...errors] of changed)
      t.same(updated(key, of(object), of(old)), errors, `${resource} changed: ${errors[0] ?? ''}`);
    for (const [object, old, ...errors] of status)
      t.same(updated(key, of(object), of(old), 'status'), errors, `${resource} status`);
    for (const [other, ...errors] of names) {
      const object = { ...valid, metadata: { ...metadata, name: other } };
      t.same(created(key, object), errors, `${resource} ${other}`);
    }
  }
}
