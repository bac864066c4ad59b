import t from 'tap';
import {
  MESSAGE_DEPTH_MAX,
  ProtobufFormatError,
  ProtobufReader,
  WIRE,
} from '../../src/codec/index.js';

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Reads the first field with `read`. */
function first<T>(hex: string, read: (reader: ProtobufReader) => T): T {
  const reader = new ProtobufReader(bytes(hex));
  reader.next();
  return read(reader);
}

void t.test('the encodings of the protobuf guide are read', (t) => {
  t.equal(
    first('089601', (reader) => reader.uint()),
    150,
  );
  t.equal(
    first('12 07 74657374696e67'.replaceAll(' ', ''), (reader) => reader.string()),
    'testing',
  );
  t.equal(
    first('08feffffffffffffffff01', (reader) => reader.int()),
    -2,
  );
  t.equal(
    first('08feffffffffffffffff01', (reader) => reader.int64()),
    -2n,
  );
  t.equal(
    first('08ffffffffffffffffff01', (reader) => reader.uint64()),
    2n ** 64n - 1n,
  );
  t.equal(
    first('09182d4454fb210940', (reader) => reader.double()),
    Math.PI,
  );
  t.equal(
    first('0801', (reader) => reader.bool()),
    true,
  );
  t.end();
});

void t.test('fields of every wire type can be passed over', (t) => {
  const reader = new ProtobufReader(
    bytes('089601' + '090000000000000000' + '0a0161' + '0d00000000' + '1001'),
  );
  const wires: number[] = [];
  for (let count = 0; count < 4 && reader.next(); count++) {
    wires.push(reader.wire);
    reader.skip();
  }
  t.same(wires, [WIRE.varint, WIRE.fixed64, WIRE.bytes, WIRE.fixed32]);
  t.ok(reader.next());
  t.equal(reader.field, 2);
  t.equal(reader.uint(), 1);
  t.notOk(reader.next());
  t.end();
});

void t.test('a message that is cut short or broken is refused in Go protobuf words', (t) => {
  const cases: readonly (readonly [string, (reader: ProtobufReader) => unknown, string])[] = [
    ['08', (reader) => reader.uint(), 'unexpected EOF'],
    ['0896', (reader) => reader.uint(), 'unexpected EOF'],
    ['0a0561', (reader) => reader.string(), 'unexpected EOF'],
    ['0a0561', (reader) => reader.message(), 'unexpected EOF'],
    ['0900', (reader) => reader.double(), 'unexpected EOF'],
    [
      '0b',
      (reader) => {
        reader.skip();
      },
      'illegal wireType 3',
    ],
    ['00', () => undefined, 'illegal tag 0 (wire type 0)'],
    ['08ffffffffffffffffffff01', (reader) => reader.uint(), 'integer overflow'],
    ['08ffffffffffffffff7f', (reader) => reader.uint(), 'integer overflow'],
    [
      '0a0161',
      (reader) => {
        reader.expect(WIRE.varint);
      },
      'wrong wireType = 2 for field 1',
    ],
  ];
  for (const [hex, read, message] of cases) {
    t.throws(() => first(hex, read), new ProtobufFormatError(message), hex);
  }
  t.end();
});

void t.test('a length that reaches beyond its message is refused, though the bytes go on', (t) => {
  // Field 1 holds a message of two bytes, which claims to hold a string of five.
  const reader = new ProtobufReader(bytes('0a020a05' + '6162636465'));
  reader.next();
  const inner = reader.message();
  inner.next();
  t.throws(() => inner.string(), new ProtobufFormatError('unexpected EOF'));
  t.end();
});

void t.test('messages nest only so deep', (t) => {
  let hex = '';
  for (let depth = 0; depth <= MESSAGE_DEPTH_MAX; depth++) {
    const length = hex.length / 2;
    hex = `0a${varint(length)}${hex}`;
  }
  let reader = new ProtobufReader(bytes(hex));
  t.throws(() => {
    for (;;) {
      reader.next();
      reader = reader.message();
    }
  }, new ProtobufFormatError('messages nest deeper than 100'));
  t.equal(reader.depth, MESSAGE_DEPTH_MAX);
  t.end();
});

function varint(value: number): string {
  const parts: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) parts.push((rest % 128) | 128);
  return [...parts, rest].map((part) => part.toString(16).padStart(2, '0')).join('');
}
