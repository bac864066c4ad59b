import type { ProtobufReader } from '../../codec/index.js';
import { ProtobufFormatError, WIRE } from '../../codec/index.js';
import { assertNever } from '../../base/index.js';
import { encodeBase64 } from '../scheme/base64.js';
import type { Scalar } from '../scheme/field-type.js';
import type { Timestamp } from '../scheme/timestamp.js';
import { formatMicroTime, formatTime } from '../scheme/timestamp.js';

/** Reads a nested message: `readModel`, given as an argument since the two files would import each other. */
export type ReadNested = (model: string, reader: ProtobufReader) => unknown;

const SCHEMA_MODEL = 'V1JSONSchemaProps';
const textDecoder = new TextDecoder();

/** The JSON form of the value that the reader has come to; undefined: it says nothing (a zero time). */
export function readScalar(
  scalar: Scalar,
  reader: ProtobufReader,
  readNested: ReadNested,
): unknown {
  reader.expect(wireOf(scalar));
  switch (scalar) {
    case 'string':
      return reader.string();
    case 'boolean':
      return reader.bool();
    case 'int32':
    case 'int64':
      return reader.int();
    case 'double':
      return reader.double();
    case 'bytes':
      return encodeBase64(reader.bytes());
    case 'time':
      return timeText(readTimestamp(reader.message()), formatTime);
    case 'micro-time':
      return timeText(readTimestamp(reader.message()), formatMicroTime);
    case 'int-or-string':
      return readIntOrString(reader.message());
    case 'quantity':
      return readText(reader.message());
    case 'raw-extension':
    case 'fields-v1':
    case 'json':
      return readRawJson(reader.message());
    case 'schema-or-bool':
    case 'schema-or-array':
    case 'schema-or-string-array':
      return readSchemaOr(scalar, reader.message(), readNested);
    case 'string-list':
      return readTexts(reader.message());
    case 'empty':
      reader.skip();
      return {};
    case 'any':
      throw new ProtobufFormatError(`field ${String(reader.field)} has no protobuf form`);
    default:
      return assertNever(scalar);
  }
}

/** How a scalar stands on the wire. */
export function wireOf(scalar: Scalar): number {
  if (scalar === 'boolean' || scalar === 'int32' || scalar === 'int64') return WIRE.varint;
  return scalar === 'double' ? WIRE.fixed64 : WIRE.bytes;
}

/** What a field of this type holds where a message leaves it out: the values of maps are written so. */
export function zeroOf(scalar: Scalar): unknown {
  if (scalar === 'boolean') return false;
  if (scalar === 'int32' || scalar === 'int64' || scalar === 'double') return 0;
  if (scalar === 'string' || scalar === 'bytes') return '';
  if (scalar === 'quantity') return '0';
  return scalar === 'string-list' ? [] : null;
}

function readTimestamp(reader: ProtobufReader): Timestamp | undefined {
  // Go's zero time; two zeros are the beginning of 1970.
  if (reader.done) return undefined;
  let seconds = 0;
  let nanos = 0;
  while (reader.next()) {
    if (reader.field === 1) seconds = reader.int();
    else if (reader.field === 2) nanos = reader.int();
    else reader.skip();
  }
  return { seconds, nanos };
}

/** Go's zero time is written as an empty message, and is null in JSON. */
function timeText(
  time: Timestamp | undefined,
  format: (time: Timestamp) => string,
): string | undefined {
  if (time === undefined) return undefined;
  // The years 1 to 9999, beyond which RFC 3339 cannot write.
  if (time.seconds < -62_135_596_800 || time.seconds > 253_402_300_799) {
    throw new ProtobufFormatError(`time out of range: ${String(time.seconds)} s`);
  }
  return format(time);
}

function readIntOrString(reader: ProtobufReader): number | string {
  let isText = false;
  let number = 0;
  let text = '';
  while (reader.next()) {
    if (reader.field === 1) isText = reader.int() === 1;
    else if (reader.field === 2) number = reader.int();
    else if (reader.field === 3) text = reader.string();
    else reader.skip();
  }
  return isText ? text : number;
}

function readText(reader: ProtobufReader): string {
  let text = '';
  while (reader.next()) {
    if (reader.field === 1) text = reader.string();
    else reader.skip();
  }
  return text === '' ? '0' : text;
}

function readTexts(reader: ProtobufReader): string[] {
  const texts: string[] = [];
  while (reader.next()) {
    if (reader.field === 1) texts.push(reader.string());
    else reader.skip();
  }
  return texts;
}

/** RawExtension, FieldsV1 and JSON hold JSON text; an empty one is null. */
function readRawJson(reader: ProtobufReader): unknown {
  let raw: Uint8Array = new Uint8Array();
  while (reader.next()) {
    if (reader.field === 1) raw = reader.bytes();
    else reader.skip();
  }
  if (raw.length === 0) return undefined;
  try {
    return JSON.parse(textDecoder.decode(raw)) as unknown;
  } catch {
    throw new ProtobufFormatError('embedded object is not JSON');
  }
}

type SchemaOr = 'schema-or-bool' | 'schema-or-array' | 'schema-or-string-array';

/** JSONSchemaPropsOrBool, …OrArray, …OrStringArray: field 1 or 2 is the schema, the other what else it may be. */
function readSchemaOr(scalar: SchemaOr, reader: ProtobufReader, readNested: ReadNested): unknown {
  const schemaField = scalar === 'schema-or-bool' ? 2 : 1;
  let schema: unknown;
  let allows = false;
  const list: unknown[] = [];
  while (reader.next()) {
    if (reader.field === schemaField) schema = readNested(SCHEMA_MODEL, reader.message());
    else if (reader.field > 2) reader.skip();
    else if (scalar === 'schema-or-bool') allows = reader.bool();
    else if (scalar === 'schema-or-array') list.push(readNested(SCHEMA_MODEL, reader.message()));
    else list.push(reader.string());
  }
  if (schema !== undefined) return schema;
  return scalar === 'schema-or-bool' ? allows : list;
}
