import type { Overload } from './function.js';
import type { ObjectType } from './types.js';
import type { Value } from './value.js';

/** What expressions of one sort know beside the libraries of Kubernetes. */
export interface Extension {
  /** The type of that name, where its values may be written out; undefined: there is none. */
  message(name: string): MessageType | undefined;
  functions(name: string): readonly Overload[] | undefined;
}

export interface MessageType {
  readonly type: ObjectType;
  /** Throws `EvaluationError` where the fields have values that no type has told before. */
  make(fields: ReadonlyMap<string, Value>): Value;
}

export const NO_EXTENSION: Extension = {
  message: () => undefined,
  functions: () => undefined,
};

export function createExtension(
  message: Extension['message'],
  functions: readonly Overload[],
): Extension {
  return {
    message,
    functions(name) {
      const forms = functions.filter((each) => each.name === name);
      return forms.length === 0 ? undefined : forms;
    },
  };
}
