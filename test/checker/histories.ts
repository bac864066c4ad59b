import fc from 'fast-check';
import type {
  Operation,
  Outcome,
  RegisterInput,
  RegisterOutput,
  StoreAction,
  StoreActionOutput,
  StoredKey,
  StoreInput,
  StoreOperation,
  StoreOutput,
} from '../../src/checker/index.js';

/** When an operation begins and ends, and when it takes effect: mostly within, so that many histories are legal. */
interface Timing {
  readonly begun: number;
  readonly lasts: number;
  readonly effectAfter: number;
  readonly fate: 'answered' | 'unknown' | 'unknown-without-effect' | 'failed';
}

const timing: fc.Arbitrary<Timing> = fc.record({
  begun: fc.integer({ min: 0, max: 20 }),
  lasts: fc.integer({ min: 1, max: 6 }),
  effectAfter: fc.integer({ min: -3, max: 11 }),
  fate: fc.constantFrom(
    'answered',
    'answered',
    'answered',
    'answered',
    'answered',
    'unknown',
    'unknown-without-effect',
    'failed',
  ),
});

const key = fc.constantFrom('a', 'a', 'a', 'b');
const value = fc.constantFrom('1', '2', '3');

const registerInput: fc.Arbitrary<RegisterInput> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('get' as const), key }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('put' as const), key, value }) },
  fc.record({ type: fc.constant('delete' as const), key }),
  fc.record({
    type: fc.constant('compare-and-set' as const),
    key,
    expected: fc.option(value),
    value,
  }),
);

/** Small histories of registers, legal and not. */
export const registerHistory = historyOf(registerInput, () => {
  const values = new Map<string, string>();
  return (input): RegisterOutput => {
    const found = values.get(input.key) ?? null;
    switch (input.type) {
      case 'get':
        return found;
      case 'delete':
        values.delete(input.key);
        return null;
      case 'put':
        values.set(input.key, input.value);
        return null;
      case 'compare-and-set':
        if (found === input.expected) values.set(input.key, input.value);
        return found === input.expected;
    }
  };
});

const action: fc.Arbitrary<StoreAction> = fc.oneof(
  fc.record({ type: fc.constant('put' as const), key, value }),
  fc.record({ type: fc.constant('delete' as const), key }),
  fc.constant({ type: 'delete' as const, key: 'a', rangeEnd: 'c' }),
  fc.record({ type: fc.constant('range' as const), key }),
);
const put = fc.record({ type: fc.constant('put' as const), key, value });
const storeInput: fc.Arbitrary<StoreInput> = fc.oneof(
  {
    weight: 3,
    arbitrary: put.map((one) => ({
      type: 'txn' as const,
      compare: [],
      success: [one],
      failure: [],
    })),
  },
  fc.constant({ type: 'range' as const, key: 'a', rangeEnd: 'c' }),
  fc.record({ type: fc.constant('range' as const), key, revision: fc.integer({ min: 0, max: 4 }) }),
  fc.record({ type: fc.constant('compact' as const), revision: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    type: fc.constant('txn' as const),
    compare: fc.array(
      fc.record({
        key,
        target: fc.constantFrom('mod' as const, 'version' as const),
        result: fc.constantFrom('=' as const, '>' as const),
        value: fc.integer({ min: 0, max: 3 }),
      }),
      { maxLength: 1 },
    ),
    success: fc.array(action, { minLength: 1, maxLength: 2 }),
    failure: fc.array(action, { maxLength: 1 }),
  }),
);

/** Small histories of a store with revisions, legal and not. */
export const storeHistory: fc.Arbitrary<StoreOperation[]> = historyOf(storeInput, naiveStore);

/** Runs the operations by their moments of effect; answers of one whose moment is outside of its time are wrong at times. */
function historyOf<Input, Output>(
  input: fc.Arbitrary<Input>,
  makeStore: () => (input: Input) => Output,
): fc.Arbitrary<Operation<Input, Output>[]> {
  const operation = fc.record({ input, timing });
  return fc.array(operation, { minLength: 4, maxLength: 7 }).map((drawn) => {
    const run = makeStore();
    const outcomes = new Map<unknown, Outcome<Output>>();
    const moment = ({ begun, effectAfter }: Timing): number => begun + effectAfter;
    const byEffect = [...drawn].sort((a, b) => moment(a.timing) - moment(b.timing));
    for (const one of byEffect) {
      const { begun, lasts, fate } = one.timing;
      if (fate === 'failed') outcomes.set(one, { type: 'failed' });
      else if (fate === 'unknown-without-effect') outcomes.set(one, { type: 'unknown' });
      else {
        const output = run(one.input);
        outcomes.set(
          one,
          fate === 'unknown'
            ? { type: 'unknown' }
            : { type: 'answered', ended: begun + lasts, output },
        );
      }
    }
    return drawn.map((one, at) => ({
      client: `c${String(at)}`,
      input: one.input,
      begun: one.timing.begun,
      outcome: outcomes.get(one) ?? { type: 'failed' },
    }));
  });
}

/** A store written anew, the plain way: what it was at each revision. */
function naiveStore(): (input: StoreInput) => StoreOutput {
  const history: Record<string, StoredKey | undefined>[] = [{}, {}];
  let compacted = 0;
  const read = (
    at: Record<string, StoredKey | undefined>,
    from: string,
    end?: string,
  ): StoredKey[] =>
    Object.values(at)
      .filter((kv) => kv !== undefined)
      .filter((kv) => (end === undefined ? kv.key === from : kv.key >= from && kv.key < end))
      .sort((a, b) => a.key.localeCompare(b.key));
  return (input) => {
    const revision = history.length - 1;
    const now: Record<string, StoredKey | undefined> = history[revision] ?? {};
    if (input.type === 'compact') {
      if (input.revision <= compacted) return { type: 'refused', code: 'compacted' };
      if (input.revision > revision) return { type: 'refused', code: 'future-revision' };
      compacted = input.revision;
      return { type: 'compact' };
    }
    if (input.type === 'range') {
      const at = input.revision ?? 0;
      if (at > revision) return { type: 'refused', code: 'future-revision' };
      if (at > 0 && at < compacted) return { type: 'refused', code: 'compacted' };
      const kvs = read(history[at === 0 ? revision : at] ?? {}, input.key, input.rangeEnd);
      return { type: 'range', revision, kvs };
    }
    const succeeded = input.compare.every(({ key, target, result, value: wanted }) => {
      const actual = (target === 'mod' ? now[key]?.modRevision : now[key]?.version) ?? 0;
      return result === '=' ? actual === wanted : actual > wanted;
    });
    const next = { ...now };
    let changes = 0;
    const results = (succeeded ? input.success : input.failure).map((one): StoreActionOutput => {
      if (one.type === 'range') return { type: 'range', kvs: read(next, one.key, one.rangeEnd) };
      changes += one.type === 'put' ? 1 : read(next, one.key, one.rangeEnd).length;
      if (one.type === 'put') {
        const before = next[one.key];
        next[one.key] = {
          key: one.key,
          value: one.value,
          createRevision: before?.createRevision ?? revision + 1,
          modRevision: revision + 1,
          version: (before?.version ?? 0) + 1,
        };
        return { type: 'put' };
      }
      const gone = read(next, one.key, one.rangeEnd);
      for (const kv of gone) Reflect.deleteProperty(next, kv.key);
      return { type: 'delete', deleted: gone.length };
    });
    if (changes > 0) history.push(next);
    return { type: 'txn', revision: history.length - 1, succeeded, results };
  };
}
