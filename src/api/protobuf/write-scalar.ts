import { assertNever } from '../../base/index.js';
import type { ProtobufWriter } from '../../codec/index.js';
import { ProtobufFormatError } from '../../codec/index.js';
import { decodeBase64 } from '../scheme/base64.js';
import type { Scalar } from '../scheme/field-type.js';
import { isJsonObject } from '../scheme/json.js';
import { parseTimestamp } from '../scheme/timestamp.js';

/** Writes a nested message: `writeModel`, given as an argument since the two files would import each other. */
export type WriteNested = (
  model: string,
  object: Readonly<Record<string, unknown>>,
  writer: ProtobufWriter,
) => void;

const SCHEMA_MODEL = 'V1JSONSchemaProps';
const textEncoder = new TextEncoder();

/** Writes a value from its JSON form. Throws `ProtobufFormatError` where it is not of the type. */
export function writeScalar(
  scalar: Scalar,
  field: number,
  value: unknown,
  writer: ProtobufWriter,
  writeNested: WriteNested,
): void {
  switch (scalar) {
    case 'string':
      writer.string(field, text(value));
      return;
    case 'boolean':
      writer.bool(field, value === true);
      return;
    case 'int32':
    case 'int64':
      writer.int(field, integer(value));
      return;
    case 'double':
      writer.double(field, number(value));
      return;
    case 'bytes':
      writer.bytes(field, base64(value));
      return;
    case 'time':
    case 'micro-time':
      writeTime(scalar, field, text(value), writer);
      return;
    case 'int-or-string':
      writeIntOrString(field, value, writer);
      return;
    case 'quantity':
      writer.message(field, () => {
        writer.string(1, typeof value === 'number' ? String(value) : text(value));
      });
      return;
    case 'raw-extension':
    case 'fields-v1':
    case 'json':
      writer.message(field, () => {
        writer.bytes(1, textEncoder.encode(JSON.stringify(value)));
      });
      return;
    case 'schema-or-bool':
    case 'schema-or-array':
    case 'schema-or-string-array':
      writeSchemaOr(scalar === 'schema-or-bool', field, value, writer, writeNested);
      return;
    case 'string-list':
      writer.message(field, () => {
        for (const item of items(value)) writer.string(1, text(item));
      });
      return;
    case 'empty':
      writer.message(field, () => undefined);
      return;
    case 'any':
      throw new ProtobufFormatError(`field ${String(field)} has no protobuf form`);
    default:
      assertNever(scalar);
  }
}

/** What Go writes for a value that says nothing. */
export function writeZeroScalar(scalar: Scalar, field: number, writer: ProtobufWriter): void {
  switch (scalar) {
    case 'string':
      writer.string(field, '');
      return;
    case 'boolean':
    case 'int32':
    case 'int64':
      writer.int(field, 0);
      return;
    case 'double':
      writer.double(field, 0);
      return;
    case 'int-or-string':
      writeIntOrString(field, 0, writer);
      return;
    case 'quantity':
      writer.message(field, () => {
        writer.string(1, '0');
      });
      return;
    case 'bytes':
    case 'any':
      return;
    default:
      // A zero time, an empty raw object: messages without fields.
      writer.message(field, () => undefined);
  }
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new ProtobufFormatError(`${JSON.stringify(value)} is not a string`);
}

function number(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new ProtobufFormatError(`${JSON.stringify(value)} is not a number`);
}

const INT64_MAX = 2n ** 63n - 1n;

/** Beyond 2^53 JSON has lost the last digits; the greatest int64, as in `runAsUser`, comes as 2^63. */
function integer(value: unknown): number | bigint {
  if (Number.isSafeInteger(value)) return number(value);
  if (Number.isInteger(value) && Math.abs(number(value)) <= 2 ** 63) {
    const whole = BigInt(number(value));
    return whole > INT64_MAX ? INT64_MAX : whole;
  }
  throw new ProtobufFormatError(`${JSON.stringify(value)} is not an integer`);
}

function items(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ProtobufFormatError(`${JSON.stringify(value)} is not a list`);
}

function base64(value: unknown): Uint8Array {
  const decoded = decodeBase64(text(value));
  if ('bytes' in decoded) return decoded.bytes;
  throw new ProtobufFormatError(`illegal base64 data at input byte ${String(decoded.illegalAt)}`);
}

function writeTime(
  scalar: 'time' | 'micro-time',
  field: number,
  value: string,
  writer: ProtobufWriter,
): void {
  const time = parseTimestamp(value);
  if (!time) throw new ProtobufFormatError(`${JSON.stringify(value)} is not a time`);
  writer.message(field, () => {
    writer.int(1, time.seconds);
    // Time has whole seconds, MicroTime whole microseconds.
    writer.int(2, scalar === 'time' ? 0 : time.nanos - (time.nanos % 1000));
  });
}

function writeIntOrString(field: number, value: unknown, writer: ProtobufWriter): void {
  writer.message(field, () => {
    const isText = typeof value === 'string';
    writer.int(1, isText ? 1 : 0);
    writer.int(2, isText ? 0 : integer(value));
    writer.string(3, isText ? value : '');
  });
}

/** See `readSchemaOr`. */
function writeSchemaOr(
  orBool: boolean,
  field: number,
  value: unknown,
  writer: ProtobufWriter,
  writeNested: WriteNested,
): void {
  writer.message(field, () => {
    if (orBool) writer.bool(1, value !== false);
    if (isJsonObject(value)) {
      writer.message(orBool ? 2 : 1, () => {
        writeNested(SCHEMA_MODEL, value, writer);
      });
    } else if (!orBool) {
      for (const item of items(value)) writeAlternative(item, writer, writeNested);
    }
  });
}

function writeAlternative(item: unknown, writer: ProtobufWriter, writeNested: WriteNested): void {
  if (!isJsonObject(item)) {
    writer.string(2, text(item));
    return;
  }
  writer.message(2, () => {
    writeNested(SCHEMA_MODEL, item, writer);
  });
}
