import fc from 'fast-check';
import type {
  Compare,
  KeyRange,
  Operation,
  RangeRequest,
  TxnRequest,
} from '../../src/mvcc/index.js';

const key = fc.constantFrom('a', 'aa', 'ab', 'b', 'b\0', 'b\xff', 'c', '\xff');
const value = fc.uint8Array({ maxLength: 3 });
export const keyRange: fc.Arbitrary<KeyRange> = fc.record({
  key,
  rangeEnd: fc.option(fc.oneof(key, fc.constant('\0'), fc.constant('')), { nil: undefined }),
});

const smallRevision = fc.nat(25);
/** Mostly absent, so that several of these together still leave something to see. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

export const rangeRequest: fc.Arbitrary<RangeRequest> = fc
  .tuple(
    keyRange,
    fc.record({
      limit: maybe(fc.nat(4)),
      sortOrder: maybe(fc.constantFrom('none', 'ascend', 'descend')),
      sortTarget: maybe(fc.constantFrom('key', 'version', 'create', 'mod', 'value')),
      keysOnly: fc.boolean(),
      countOnly: maybe(fc.boolean()),
      minModRevision: maybe(smallRevision),
      maxModRevision: maybe(smallRevision),
      minCreateRevision: maybe(smallRevision),
      maxCreateRevision: maybe(smallRevision),
    }),
  )
  .map(([range, options]) => ({ ...range, ...options }));

const compare: fc.Arbitrary<Compare> = fc
  .tuple(
    keyRange,
    fc.constantFrom('=', '!=', '<', '>'),
    fc.oneof(
      fc.record({ target: fc.constantFrom('version', 'create', 'mod'), value: fc.nat(6) }),
      fc.record({ target: fc.constant('value'), value }),
      fc.record({ target: fc.constant('lease'), value: fc.bigInt(0n, 2n) }),
    ),
  )
  .map(([range, result, rest]) => ({ ...range, result, ...rest }));

const put: fc.Arbitrary<Operation> = fc
  .record({
    key,
    value,
    prevKv: fc.boolean(),
    lease: fc.constantFrom(0n, 0n, 0n, 1n, 2n),
    ignore: fc.constantFrom('none', 'none', 'none', 'value', 'lease'),
  })
  .map(({ ignore, ...rest }) => ({
    type: 'put',
    ...rest,
    ...(ignore === 'value' && { ignoreValue: true, value: new Uint8Array(0) }),
    ...(ignore === 'lease' && { ignoreLease: true, lease: 0n }),
  }));
const deleteRange: fc.Arbitrary<Operation> = fc
  .tuple(keyRange, fc.boolean())
  .map(([range, prevKv]) => ({ type: 'deleteRange', ...range, prevKv }));
const read: fc.Arbitrary<Operation> = fc
  .tuple(rangeRequest, maybe(smallRevision))
  .map(([request, revision]) => ({ type: 'range', ...request, revision }));

// Mostly one operation: several often put a key twice, which is an error.
const branchOf = (...nested: fc.Arbitrary<Operation>[]): fc.Arbitrary<Operation[]> =>
  fc.array(fc.oneof({ weight: 4, arbitrary: put }, deleteRange, read, ...nested), {
    minLength: 1,
    maxLength: 3,
  });
const txnOf = (branch: fc.Arbitrary<Operation[]>): fc.Arbitrary<TxnRequest> =>
  fc.record({ compare: fc.array(compare, { maxLength: 2 }), success: branch, failure: branch });
const nestedIn = (request: fc.Arbitrary<TxnRequest>): fc.Arbitrary<Operation> =>
  request.map((one) => ({ type: 'txn', ...one }));
const innermost = nestedIn(txnOf(branchOf()));
export const txnRequest: fc.Arbitrary<TxnRequest> = txnOf(
  branchOf(nestedIn(txnOf(branchOf(innermost)))),
);

export type Step =
  | { readonly type: 'txn'; readonly request: TxnRequest }
  /** `back`: at so many revisions before the current one; -1 is a future one, undefined the newest. */
  | { readonly type: 'range'; readonly request: RangeRequest; readonly back: number | undefined }
  | { readonly type: 'compact'; readonly back: number }
  | { readonly type: 'grant' | 'revoke'; readonly lease: bigint }
  | { readonly type: 'checkpoint'; readonly lease: bigint; readonly remainingTtlSeconds: number }
  | { readonly type: 'sweep'; readonly recordsMax: number };

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: txnRequest.map((request): Step => ({ type: 'txn', request })) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(rangeRequest, maybe(fc.integer({ min: -1, max: 12 })))
      .map(([request, back]): Step => ({ type: 'range', request, back })),
  },
  {
    weight: 2,
    arbitrary: fc.integer({ min: -1, max: 5 }).map((back): Step => ({ type: 'compact', back })),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom('grant' as const, 'grant' as const, 'revoke' as const),
      lease: fc.bigInt(1n, 2n),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('checkpoint' as const),
      lease: fc.bigInt(1n, 2n),
      remainingTtlSeconds: fc.nat(12),
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: 1, max: 5 })
      .map((recordsMax): Step => ({ type: 'sweep', recordsMax })),
  },
);
