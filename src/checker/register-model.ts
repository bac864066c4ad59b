import { assertNever } from '../base/index.js';
import type { Model } from './model.js';
import { partitionBy } from './model.js';

/** Values are opaque; null is "not there". */
export type RegisterInput =
  | { readonly type: 'get'; readonly key: string }
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'delete'; readonly key: string }
  /** Puts `value` where the key has the value `expected`. */
  | {
      readonly type: 'compare-and-set';
      readonly key: string;
      readonly expected: string | null;
      readonly value: string;
    };

/** What a get found, and whether a compare-and-set was done; null for the others. */
export type RegisterOutput = string | boolean | null;

/** A store of independent registers, one for each key: each is checked for itself. */
export const registerModel: Model<string | null, RegisterInput, RegisterOutput> = {
  initial: null,
  step(state, input, output) {
    switch (input.type) {
      case 'get':
        return output === undefined || output === state ? state : undefined;
      case 'put':
        return input.value;
      case 'delete':
        return null;
      case 'compare-and-set': {
        const done = state === input.expected;
        if (output !== undefined && output !== done) return undefined;
        return done ? input.value : state;
      }
      default:
        return assertNever(input, 'register operation');
    }
  },
  equal: (a, b) => a === b,
  partition: (operations) => partitionBy(operations, ({ key }) => key),
  describe(input, output) {
    const answer = output === undefined ? 'no answer' : String(output);
    switch (input.type) {
      case 'get':
        return `get ${input.key} → ${answer}`;
      case 'put':
        return `put ${input.key} = ${input.value}${output === undefined ? ' → no answer' : ''}`;
      case 'delete':
        return `delete ${input.key}${output === undefined ? ' → no answer' : ''}`;
      case 'compare-and-set':
        return `set ${input.key} from ${String(input.expected)} to ${input.value} → ${answer}`;
      default:
        return assertNever(input, 'register operation');
    }
  },
  describeState: (state) => String(state),
};
