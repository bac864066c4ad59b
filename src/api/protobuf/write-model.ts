import { assertDefined, assertNever } from '../../base/index.js';
import type { ProtobufWriter } from '../../codec/index.js';
import { ProtobufFormatError } from '../../codec/index.js';
import type { FieldType } from '../scheme/field-type.js';
import { isJsonObject } from '../scheme/json.js';
import type { Message } from '../scheme/model.js';
import { findModel } from '../scheme/model.js';
import { writeScalar, writeZeroScalar } from './write-scalar.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * Writes the fields of an object's JSON form as Go's code does, byte for byte: what Go holds by value is always written, its
 * zero too; a nil pointer, list or map is not; the keys of maps are in order. Absent and null are the same.
 */
export function writeModel(name: string, object: Json, writer: ProtobufWriter): void {
  const model = assertDefined(findModel(name), `model ${name}`);
  writeMessage(assertDefined(model.message, `protobuf form of ${name}`), object, writer);
}

function writeMessage(message: Message, object: Json, writer: ProtobufWriter): void {
  for (const entry of message.entries) {
    if (entry.type === 'embed') {
      writer.message(entry.number, () => {
        writeMessage(entry.message, object, writer);
      });
      continue;
    }
    const value = object[entry.field.name];
    const { type } = entry.field;
    if (value !== undefined && value !== null) writeValue(type, entry.number, value, writer);
    else if (entry.byValue) writeZero(type, entry.number, writer);
  }
}

function writeValue(type: FieldType, field: number, value: unknown, writer: ProtobufWriter): void {
  switch (type.type) {
    case 'scalar':
      writeScalar(type.scalar, field, value, writer, writeModel);
      return;
    case 'model':
      writer.message(field, () => {
        writeModel(type.model, objectOf(value), writer);
      });
      return;
    case 'list':
      for (const item of listOf(value)) writeItem(type.item, field, item, writer);
      return;
    case 'map':
      writeMap(type.value, field, objectOf(value), writer);
      return;
    default:
      assertNever(type);
  }
}

function writeItem(type: FieldType, field: number, item: unknown, writer: ProtobufWriter): void {
  if (item === null) writeZero(type, field, writer);
  else writeValue(type, field, item, writer);
}

function writeMap(type: FieldType, field: number, map: Json, writer: ProtobufWriter): void {
  for (const key of Object.keys(map).sort()) {
    writer.message(field, () => {
      writer.string(1, key);
      writeItem(type, 2, map[key], writer);
    });
  }
}

function writeZero(type: FieldType, field: number, writer: ProtobufWriter): void {
  if (type.type === 'scalar') {
    writeZeroScalar(type.scalar, field, writer);
    return;
  }
  if (type.type !== 'model') return;
  writer.message(field, () => {
    writeModel(type.model, {}, writer);
  });
}

function objectOf(value: unknown): Json {
  if (isJsonObject(value)) return value;
  throw new ProtobufFormatError(`${JSON.stringify(value)} is not an object`);
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ProtobufFormatError(`${JSON.stringify(value)} is not a list`);
}
