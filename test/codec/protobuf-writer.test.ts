import fc from 'fast-check';
import t from 'tap';
import { ProtobufReader, ProtobufWriter } from '../../src/codec/index.js';

const seed = Number(process.env['KUBACTOR_SEED'] ?? 1024);

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

void t.test('the encodings of the protobuf guide are written', (t) => {
  const writer = new ProtobufWriter(1);
  writer.int(1, 150);
  writer.string(2, 'testing');
  writer.message(3, () => {
    writer.int(1, 150);
  });
  writer.int(4, -2);
  writer.bool(5, true);
  writer.double(6, Math.PI);
  t.equal(
    hex(writer.finish()),
    '089601' +
      '120774657374696e67' +
      '1a03089601' +
      '20feffffffffffffffff01' +
      '2801' +
      '31182d4454fb210940',
  );
  t.end();
});

void t.test('a message longer than 127 bytes gets the longer length that it needs', (t) => {
  for (const length of [0, 125, 126, 127, 128, 16_380, 16_384, 3_000_000]) {
    const writer = new ProtobufWriter();
    writer.message(1, () => {
      writer.string(1, 'x'.repeat(length));
    });
    writer.int(2, 7);
    const reader = new ProtobufReader(writer.finish());
    t.ok(reader.next());
    const inner = reader.message();
    t.ok(inner.next());
    t.equal(inner.string().length, length);
    t.ok(reader.next());
    t.equal(reader.uint(), 7);
    t.notOk(reader.next());
  }
  t.end();
});

void t.test('every integer comes back as it was written', (t) => {
  t.comment(`replay with KUBACTOR_SEED=${String(seed)}`);
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (number, big) => {
      const writer = new ProtobufWriter();
      writer.int(1, number);
      writer.int(536_870_911, big);
      const reader = new ProtobufReader(writer.finish());
      reader.next();
      const readNumber = reader.int();
      reader.next();
      return readNumber === number && reader.field === 536_870_911 && reader.int64() === big;
    }),
    { seed, numRuns: 500 },
  );
  t.end();
});

void t.test('any bytes at all end in a value or a ProtobufFormatError, never in a hang', (t) => {
  t.comment(`replay with KUBACTOR_SEED=${String(seed)}`);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const reader = new ProtobufReader(bytes);
      try {
        while (reader.next()) reader.skip();
      } catch (error) {
        return error instanceof Error && error.name === 'ProtobufFormatError';
      }
      return reader.done;
    }),
    { seed, numRuns: 1000 },
  );
  t.end();
});
