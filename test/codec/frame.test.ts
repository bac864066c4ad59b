import fc from 'fast-check';
import t from 'tap';
import {
  createFrameDecoder,
  createFrameEncoder,
  type FrameRecords,
} from '../../src/codec/index.js';

const MODES: readonly FrameRecords[] = ['connection', 'frame'];

/** Plain data as actors send it. */
const plain: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string(),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.integer(),
    fc.double({ noNaN: true }).filter((number) => !Object.is(number, -0)),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 8, noNullPrototype: true },
    ),
  ),
})).value;

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
t.comment(`seed ${String(seed)} (SEED=${String(seed)} replays)`);

for (const mode of MODES) {
  t.test(`plain data survives, over many frames of one connection (records by ${mode})`, (t) => {
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1, maxLength: 20 }), (values) => {
        const encoder = createFrameEncoder(mode);
        const decoder = createFrameDecoder();
        for (const value of values) {
          const frame = encoder.encode(value);
          if (!frame.ok) throw new Error(frame.error.message);
          const decoded = decoder.decode(frame.value);
          if (!decoded.ok) throw new Error(decoded.error.message);
          if (!same(value, decoded.value)) throw new Error('it came back changed');
        }
      }),
      { seed, numRuns: 200 },
    );
    t.end();
  });
}

t.test('thousands of shapes pass through one connection', (t) => {
  const encoder = createFrameEncoder();
  const decoder = createFrameDecoder();
  let changed = 0;
  for (let round = 0; round < 30_000; round++) {
    const shape = round % 7 === 0 ? round : round % 3000;
    const value = {
      kind: 'Pod',
      labels: { [`app-${String(shape)}`]: 'x', [`tier-${String(shape % 13)}`]: round },
      list: [{ [`k${String(shape % 1500)}`]: 1 }],
    };
    const frame = encoder.encode(value);
    const decoded = frame.ok ? decoder.decode(frame.value) : frame;
    if (!decoded.ok || !same(value, decoded.value)) changed++;
  }
  t.equal(changed, 0);
  t.end();
});

t.test('a shape is sent once', (t) => {
  const encoder = createFrameEncoder();
  const value = { resourceVersion: '1', namespace: 'default', deletionGracePeriodSeconds: 30 };
  const [first, second] = [encoder.encode(value), encoder.encode(value)];
  t.ok(first.ok && second.ok && second.value.length < first.value.length / 2);
  t.end();
});

t.test('a frame owns its memory, and so do the bytes that come out of it', (t) => {
  const frame = createFrameEncoder().encode({ data: new Uint8Array([1, 2, 3]) });
  t.ok(frame.ok);
  if (!frame.ok) return t.end();
  t.equal(frame.value.byteLength, frame.value.buffer.byteLength, 'it can be transferred');
  const decoded = createFrameDecoder().decode(frame.value);
  const { data } = (decoded.ok ? decoded.value : {}) as { data: Uint8Array };
  frame.value.fill(0xff);
  t.same([...data], [1, 2, 3]);
  t.equal(data.constructor, Uint8Array);
  return t.end();
});

t.test('what cannot be encoded is an error, and the connection goes on', (t) => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  for (const mode of MODES) {
    const encoder = createFrameEncoder(mode);
    const decoder = createFrameDecoder();
    for (const bad of [() => 1, Symbol('no'), 2n ** 70n, cycle]) {
      const refused = encoder.encode({ fresh: 1, shape: { of: bad } });
      t.match(refused, { ok: false, error: { code: 'not-encodable', message: /\w/ } });
      const good = encoder.encode({ fresh: 1, shape: { of: 'data' } });
      t.match(good.ok && decoder.decode(good.value), {
        ok: true,
        value: { fresh: 1, shape: { of: 'data' } },
      });
    }
  }
  t.end();
});

t.test('a frame that does not decode is an error', (t) => {
  const decoder = createFrameDecoder();
  const encoder = createFrameEncoder();
  const first = encoder.encode({ a: 1, b: 'text' });
  const second = encoder.encode({ a: 2, b: 'text' });
  t.ok(first.ok && second.ok);
  if (!first.ok || !second.ok) return t.end();
  t.match(decoder.decode(second.value), {
    ok: false,
    error: { code: 'bad-frame', message: 'the frames before it are missing' },
  });
  t.match(decoder.decode(new Uint8Array(0)), { ok: false, error: { code: 'bad-frame' } });
  t.match(decoder.decode(new Uint8Array([9, 1])), {
    ok: false,
    error: { code: 'bad-frame', message: 'unknown first byte 9' },
  });
  t.match(decoder.decode(first.value.subarray(0, first.value.length - 2)), {
    ok: false,
    error: { code: 'bad-frame' },
  });
  return t.end();
});

/** Deep equality with types: an own field that is undefined is there, and bytes are a Uint8Array. */
function same(left: unknown, right: unknown): boolean {
  if (left instanceof Uint8Array) {
    return (
      right instanceof Uint8Array &&
      right.constructor === Uint8Array &&
      left.length === right.length &&
      left.every((byte, i) => byte === right[i])
    );
  }
  if (Array.isArray(left))
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, i) => same(item, right[i]))
    );
  if (typeof left === 'object' && left !== null) {
    if (typeof right !== 'object' || right === null) return false;
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every(
        (key) => Object.hasOwn(right, key) && same((left as never)[key], (right as never)[key]),
      )
    );
  }
  return left === right;
}
