import fc from 'fast-check';
import t from 'tap';
import type { Result } from '../../src/base/index.js';
import {
  createFrameDecoder,
  createFrameEncoder,
  type FrameDecoder,
  type FrameEncoder,
  type FrameError,
  type FrameRecords,
  packValue,
  transfer,
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

/** The frame of some values, all of which can be encoded. */
function frameOf(encoder: FrameEncoder, ...values: unknown[]): Uint8Array<ArrayBuffer> {
  for (const value of values) {
    const added = encoder.add(value);
    if (!added.ok) throw new Error(added.error.message);
  }
  return encoder.finish().bytes;
}

function valuesOf(decoder: FrameDecoder, bytes: Uint8Array): readonly unknown[] {
  const decoded = decoder.decode(bytes);
  if (!decoded.ok) throw new Error(decoded.error.message);
  return decoded.value;
}

for (const mode of MODES) {
  t.test(`plain data survives, over many frames of one connection (records by ${mode})`, (t) => {
    fc.assert(
      fc.property(
        fc.array(fc.array(plain, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 }),
        (frames) => {
          const encoder = createFrameEncoder(mode);
          const decoder = createFrameDecoder();
          for (const values of frames) {
            const decoded = valuesOf(decoder, frameOf(encoder, ...values));
            if (!same(values, decoded)) throw new Error('it came back changed');
          }
        },
      ),
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
    if (!same([value], valuesOf(decoder, frameOf(encoder, value)))) changed++;
  }
  t.equal(changed, 0);
  t.end();
});

t.test('a shape is sent once', (t) => {
  const encoder = createFrameEncoder();
  const value = { resourceVersion: '1', namespace: 'default', deletionGracePeriodSeconds: 30 };
  const [first, second] = [frameOf(encoder, value), frameOf(encoder, value)];
  t.ok(second.length < first.length / 2);
  t.end();
});

t.test('a value is taken as it is when it is added', (t) => {
  for (const mode of MODES) {
    const encoder = createFrameEncoder(mode);
    const value = { at: 1, list: [1] };
    encoder.add(value);
    value.at = 2;
    value.list.push(2);
    t.ok(encoder.bytes > 0);
    t.same(valuesOf(createFrameDecoder(), encoder.finish().bytes), [{ at: 1, list: [1] }]);
    t.equal(encoder.bytes, 0);
  }
  t.end();
});

t.test('a packed value joins a frame later, between values with records', (t) => {
  const encoder = createFrameEncoder();
  const decoder = createFrameDecoder();
  const value = { name: 'a', size: 1 };
  const packed = packValue(value);
  t.ok(packed.ok);
  value.size = 2;
  for (let round = 0; round < 3; round++) {
    encoder.add({ name: 'before', size: 0 });
    if (packed.ok) {
      encoder.addPacked(packed.value);
      encoder.addPacked(packed.value);
    }
    encoder.add({ name: 'after', size: 3 });
    t.same(valuesOf(decoder, encoder.finish().bytes), [
      { name: 'before', size: 0 },
      { name: 'a', size: 1 },
      { name: 'a', size: 1 },
      { name: 'after', size: 3 },
    ]);
  }
  t.match(packValue({ no: () => 1 }), { ok: false, error: { code: 'not-encodable' } });
  t.end();
});

t.test('a frame owns its memory, and so do the bytes that come out of it', (t) => {
  const frame = frameOf(createFrameEncoder(), { data: new Uint8Array([1, 2, 3]) });
  t.equal(frame.byteLength, frame.buffer.byteLength, 'it can be transferred');
  const [value] = valuesOf(createFrameDecoder(), frame);
  const { data } = value as { data: Uint8Array };
  frame.fill(0xff);
  t.same([...data], [1, 2, 3]);
  t.equal(data.constructor, Uint8Array);
  t.end();
});

t.test('what cannot be encoded is an error, and the frame and the connection go on', (t) => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  for (const mode of MODES) {
    const encoder = createFrameEncoder(mode);
    const decoder = createFrameDecoder();
    for (const bad of [() => 1, Symbol('no'), 2n ** 70n, cycle]) {
      t.ok(encoder.add({ fresh: 0, before: true }).ok);
      const refused = encoder.add({ fresh: 1, shape: { of: bad } });
      t.match(refused, { ok: false, error: { code: 'not-encodable', message: /\w/ } });
      const good = frameOf(encoder, { fresh: 1, shape: { of: 'data' } });
      t.same(valuesOf(decoder, good), [
        { fresh: 0, before: true },
        { fresh: 1, shape: { of: 'data' } },
      ]);
    }
  }
  t.end();
});

t.test('transferred bytes travel beside the frame, once', (t) => {
  for (const mode of MODES) {
    const encoder = createFrameEncoder(mode);
    const large = transfer(new Uint8Array([1, 2, 3]));
    t.match(
      encoder.add({ large, bad: () => 1 }),
      { ok: false, error: { code: 'not-encodable' } },
      'what was refused has taken nothing',
    );
    t.ok(encoder.add({ large, small: new Uint8Array([4]) }).ok);
    t.match(encoder.add({ large }), { ok: false, error: { message: /only once/ } });
    const { bytes, transfers } = encoder.finish();
    t.equal(transfers.length, 1);
    t.equal(transfers[0], large.buffer);
    const decoded = createFrameDecoder().decode(bytes, transfers);
    t.same(decoded, {
      ok: true,
      value: [{ large: new Uint8Array([1, 2, 3]), small: new Uint8Array([4]) }],
    });
    t.match(createFrameDecoder().decode(bytes), { ok: false, error: { code: 'bad-frame' } });
  }
  const packed = packValue(transfer(new Uint8Array([5, 6])));
  const encoder = createFrameEncoder();
  if (packed.ok) encoder.addPacked(packed.value);
  t.same(valuesOf(createFrameDecoder(), encoder.finish().bytes), [new Uint8Array([5, 6])]);
  t.throws(() => transfer(new Uint8Array(8).subarray(1)), /own their whole memory/);
  t.end();
});

t.test('a frame that does not decode is an error', (t) => {
  const decoder = createFrameDecoder();
  const encoder = createFrameEncoder();
  const first = frameOf(encoder, { a: 1, b: 'text' });
  const second = frameOf(encoder, { a: 2, b: 'text' });
  const bad = (message: string | RegExp): Partial<Result<never, FrameError>> =>
    ({ ok: false, error: { code: 'bad-frame', message } }) as never;
  t.match(decoder.decode(second), bad('the frames before it are missing'));
  t.match(decoder.decode(new Uint8Array(0)), bad('it is empty'));
  t.match(decoder.decode(new Uint8Array([9, 0, 0, 0, 1, 1])), bad('unknown section 9'));
  t.match(decoder.decode(new Uint8Array([1, 0, 0])), bad('a section is cut off'));
  t.match(decoder.decode(new Uint8Array([1, 0, 0, 0, 9, 1])), bad(/wrong length/));
  t.match(decoder.decode(first.subarray(0, first.length - 2)), bad(/wrong length/));
  t.end();
});

t.test('damaged frames are read or refused, and never throw', (t) => {
  fc.assert(
    fc.property(
      fc.array(plain, { minLength: 1, maxLength: 5 }),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      (values, damage) => {
        const frame = frameOf(createFrameEncoder(), ...values);
        for (const [at, byte] of damage) frame[at % frame.length] = byte;
        createFrameDecoder().decode(frame);
      },
    ),
    { seed, numRuns: 500 },
  );
  t.end();
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
