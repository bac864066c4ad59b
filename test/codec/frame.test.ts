import fc from 'fast-check';
import t from 'tap';
import { failed, ok, type Result } from '../../src/base/index.js';
import {
  createFrameDecoder,
  createFrameEncoder,
  type FrameDecoder,
  type FrameEncoder,
  type FrameEntry,
  type FrameError,
  type FrameRecords,
  packEntry,
  SharedRecords,
  transfer,
} from '../../src/codec/index.js';

const MODES: readonly FrameRecords[] = ['connection', 'frame', new SharedRecords()];

function nameOf(mode: FrameRecords): string {
  return typeof mode === 'string' ? mode : 'both ends';
}

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
    const added = encoder.add(1, '', 0, value);
    if (!added.ok) throw new Error(added.error.message);
  }
  return encoder.finish().bytes;
}

const add = (encoder: FrameEncoder, value: unknown) => encoder.add(1, '', 0, value);
const pack = (value: unknown) => packEntry(1, '', 0, value);

/** All entries of a frame, or what is wrong with it. */
function decode(
  decoder: FrameDecoder,
  bytes: Uint8Array,
  transfers: readonly ArrayBuffer[] = [],
): Result<FrameEntry[], FrameError> {
  const opened = decoder.open(bytes, transfers, () => false);
  if (!opened.ok) return opened;
  const entries: FrameEntry[] = [];
  while (opened.value.rest.length > 0) {
    const { rest } = opened.value;
    const error = rest.next();
    if (error !== undefined) return failed(error);
    entries.push({ kind: rest.kind, name: rest.name, id: rest.id, value: rest.value });
  }
  return ok(entries);
}

function valuesOf(decoder: FrameDecoder, bytes: Uint8Array): readonly unknown[] {
  const decoded = decode(decoder, bytes);
  if (!decoded.ok) throw new Error(decoded.error.message);
  return decoded.value.map((entry) => entry.value);
}

for (const mode of MODES) {
  t.test(
    `plain data survives, over many frames of one connection (records by ${nameOf(mode)})`,
    (t) => {
      fc.assert(
        fc.property(
          fc.array(fc.array(plain, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 }),
          (frames) => {
            const encoder = createFrameEncoder(mode);
            const decoder = createFrameDecoder(mode);
            for (const values of frames) {
              const decoded = valuesOf(decoder, frameOf(encoder, ...values));
              if (!same(values, decoded)) throw new Error('it came back changed');
            }
          },
        ),
        { seed, numRuns: 200 },
      );
      t.end();
    },
  );
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

t.test('both ends that share records know a shape before it is sent', (t) => {
  const records = new SharedRecords();
  const value = { resourceVersion: '1', namespace: 'default', deletionGracePeriodSeconds: 30 };
  const [first, lost, third] = [1, 2, 3].map(() => frameOf(createFrameEncoder(records), value));
  t.ok(lost !== undefined && third !== undefined && first?.length === third.length);
  t.same(valuesOf(createFrameDecoder(records), third ?? new Uint8Array()), [value]);
  t.match(
    decode(createFrameDecoder(), first ?? new Uint8Array()),
    { ok: false, error: { code: 'bad-frame' } },
    'no other decoder reads them',
  );
  t.end();
});

t.test('thousands of shapes pass between ends that share records', (t) => {
  const records = new SharedRecords();
  const encoder = createFrameEncoder(records);
  const decoder = createFrameDecoder(records);
  let changed = 0;
  for (let shape = 0; shape < 6000; shape++) {
    const value = { [`app-${String(shape % 3000)}`]: 'x', list: [{ [`k${String(shape)}`]: 1 }] };
    if (!same([value], valuesOf(decoder, frameOf(encoder, value)))) changed++;
  }
  t.equal(changed, 0);
  t.end();
});

t.test('kind, name and number travel with each value; a name is sent once', (t) => {
  for (const mode of MODES) {
    const encoder = createFrameEncoder(mode);
    const decoder = createFrameDecoder(mode);
    const lengths = [1, 2].map((round) => {
      encoder.add(7, 'scheduled', 2 ** 40 + round, null);
      encoder.add(8, '', 0, round);
      encoder.add(255, 'scheduled', round, 'x');
      const { bytes } = encoder.finish();
      t.same(decode(decoder, bytes), {
        ok: true,
        value: [
          { kind: 7, name: 'scheduled', id: 2 ** 40 + round, value: null },
          { kind: 8, name: '', id: 0, value: round },
          { kind: 255, name: 'scheduled', id: round, value: 'x' },
        ],
      });
      return bytes.length;
    });
    t.equal(
      lengths[0] === lengths[1],
      mode !== 'connection',
      'each frame of a lossy link has its names',
    );
  }
  t.end();
});

t.test('a value is taken as it is when it is added', (t) => {
  for (const mode of MODES) {
    const encoder = createFrameEncoder(mode);
    const value = { at: 1, list: [1] };
    add(encoder, value);
    value.at = 2;
    value.list.push(2);
    t.ok(encoder.bytes > 0);
    t.same(valuesOf(createFrameDecoder(mode), encoder.finish().bytes), [{ at: 1, list: [1] }]);
    t.equal(encoder.bytes, 0);
  }
  t.end();
});

t.test('a packed value joins a frame later, between values with records', (t) => {
  const encoder = createFrameEncoder();
  const decoder = createFrameDecoder();
  const value = { name: 'a', size: 1 };
  const packed = pack(value);
  t.ok(packed.ok);
  value.size = 2;
  for (let round = 0; round < 3; round++) {
    add(encoder, { name: 'before', size: 0 });
    if (packed.ok) {
      encoder.addPacked(packed.value);
      encoder.addPacked(packed.value);
    }
    add(encoder, { name: 'after', size: 3 });
    t.same(valuesOf(decoder, encoder.finish().bytes), [
      { name: 'before', size: 0 },
      { name: 'a', size: 1 },
      { name: 'a', size: 1 },
      { name: 'after', size: 3 },
    ]);
  }
  t.match(pack({ no: () => 1 }), { ok: false, error: { code: 'not-encodable' } });
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
    const decoder = createFrameDecoder(mode);
    for (const bad of [() => 1, Symbol('no'), 2n ** 70n, cycle]) {
      t.ok(add(encoder, { fresh: 0, before: true }).ok);
      const refused = add(encoder, { fresh: 1, shape: { of: bad } });
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
      add(encoder, { large, bad: () => 1 }),
      { ok: false, error: { code: 'not-encodable' } },
      'what was refused has taken nothing',
    );
    t.ok(add(encoder, { large, small: new Uint8Array([4]) }).ok);
    t.match(add(encoder, { large }), { ok: false, error: { message: /only once/ } });
    const { bytes, transfers } = encoder.finish();
    t.equal(transfers.length, 1);
    t.equal(transfers[0], large.buffer);
    const decoded = decode(createFrameDecoder(mode), bytes, transfers);
    t.match(decoded, {
      ok: true,
      value: [{ value: { large: new Uint8Array([1, 2, 3]), small: new Uint8Array([4]) } }],
    });
    t.match(decode(createFrameDecoder(mode), bytes), { ok: false, error: { code: 'bad-frame' } });
  }
  const packed = pack(transfer(new Uint8Array([5, 6])));
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
  t.match(decode(decoder, second), bad('the frames before it are missing'));
  t.match(decode(decoder, new Uint8Array(0)), bad('it is empty'));
  t.match(decode(decoder, first.subarray(0, 12)), bad('an entry is cut off'));
  t.match(decode(decoder, first.subarray(0, first.length - 8)), bad('an entry has a wrong length'));
  const changed = (at: number, byte: number): Uint8Array =>
    first.map((each, i) => (i === at ? byte : each));
  t.match(decode(decoder, changed(3, 0)), bad('an entry has a wrong length'));
  t.match(decode(decoder, changed(5, 9)), bad('unknown records 9'));
  t.match(decode(decoder, changed(7, 9)), bad('unknown name 9'));
  t.match(decode(decoder, changed(16, 0xc1)), bad(/\w/));
  t.ok(decode(decoder, first).ok, 'an encoder that starts anew is read again');
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
        decode(createFrameDecoder(), frame);
      },
    ),
    { seed, numRuns: 200 },
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
