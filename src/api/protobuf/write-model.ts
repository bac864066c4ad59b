import { assertDefined, assertNever } from '../../base/index.js';
import type { ProtobufWriter } from '../../codec/index.js';
import { ProtobufFormatError } from '../../codec/index.js';
import type { FieldType } from '../scheme/field-type.js';
import { isJsonObject } from '../scheme/json.js';
import type { Message } from '../scheme/model.js';
import { findModel } from '../scheme/model.js';
import { writeScalar } from './write-scalar.js';

type Json = Readonly<Record<string, unknown>>;

/** Writes the fields of an object's JSON form; what is absent or null is left out. */
export function writeModel(name: string, object: Json, writer: ProtobufWriter): void {
  const model = assertDefined(findModel(name), `model ${name}`);
  writeMessage(assertDefined(model.message, `protobuf form of ${name}`), object, writer);
}

function writeMessage(message: Message, object: Json, writer: ProtobufWriter): void {
  for (const entry of message.entries) {
    if (entry.type === 'embed') {
      if (!holdsAny(entry.message, object)) continue;
      writer.message(entry.number, () => {
        writeMessage(entry.message, object, writer);
      });
      continue;
    }
    const value = object[entry.field.name];
    if (value !== undefined && value !== null) {
      writeValue(entry.field.type, entry.number, value, writer);
    }
  }
}

function holdsAny(message: Message, object: Json): boolean {
  return message.entries.some((entry) => {
    if (entry.type === 'embed') return holdsAny(entry.message, object);
    return object[entry.field.name] !== undefined;
  });
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
      for (const item of listOf(value)) writeValue(type.item, field, item, writer);
      return;
    case 'map':
      for (const [key, item] of Object.entries(objectOf(value))) {
        writer.message(field, () => {
          writer.string(1, key);
          if (item !== null) writeValue(type.value, 2, item, writer);
        });
      }
      return;
    default:
      assertNever(type);
  }
}

function objectOf(value: unknown): Json {
  if (isJsonObject(value)) return value;
  throw new ProtobufFormatError(`${JSON.stringify(value)} is not an object`);
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ProtobufFormatError(`${JSON.stringify(value)} is not a list`);
}
