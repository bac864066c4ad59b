import {
  DYN,
  EvaluationError,
  JSON_PATCH_FUNCTIONS,
  STRING,
  createExtension,
  kindOf,
} from '../cel/index.js';
import type { MessageType, Value } from '../cel/index.js';

/**
 * What mutations write out: `Object` and what is in it, and `JSONPatch`. As in Kubernetes, no schema says which fields a part of an
 * object has: that is found out when a patch is applied (apiserver, mutation.DynamicTypeResolver).
 */
export const PATCHES = createExtension((name) => {
  if (name === 'JSONPatch') return OPERATION;
  return name === 'Object' || name.startsWith('Object.') ? partOf(name) : undefined;
}, JSON_PATCH_FUNCTIONS);

function partOf(name: string): MessageType {
  return {
    type: { kind: 'object', name, fields: { get: () => DYN } },
    make: (fields) => ({ kind: 'message', type: name, fields, unset: () => null }),
  };
}

const TEXTS = ['op', 'path', 'from'];

const OPERATION: MessageType = {
  type: {
    kind: 'object',
    name: 'JSONPatch',
    fields: new Map([...TEXTS.map((name) => [name, STRING] as const), ['value', DYN] as const]),
  },
  make: (fields) => ({
    kind: 'message',
    type: 'JSONPatch',
    fields: new Map([...fields].filter(([name, value]) => isSet(name, value))),
    unset: (field) => (TEXTS.includes(field) ? '' : null),
  }),
};

/** A text that is empty counts as none. */
function isSet(name: string, value: Value): boolean {
  if (!TEXTS.includes(name)) return true;
  if (typeof value === 'string') return value !== '';
  const text = `unexpected type ${kindOf(value)} for JSONPatchType '${name}' field`;
  throw new EvaluationError(text);
}
