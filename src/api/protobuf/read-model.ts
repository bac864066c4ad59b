import { assertDefined, assertNever } from '../../base/index.js';
import type { ProtobufReader } from '../../codec/index.js';
import { WIRE } from '../../codec/index.js';
import type { FieldType } from '../scheme/field-type.js';
import { setEntry } from '../scheme/json.js';
import type { Message, MessageEntry, ModelField } from '../scheme/model.js';
import { findModel } from '../scheme/model.js';
import { readScalar, wireOf, zeroOf } from './read-scalar.js';

type Json = Record<string, unknown>;

const entriesByNumber = new WeakMap<Message, ReadonlyMap<number, MessageEntry>>();

/** Reads a message of a model into its JSON form. Unknown fields are passed over, as protobuf demands. */
export function readModel(name: string, reader: ProtobufReader): Json {
  const model = assertDefined(findModel(name), `model ${name}`);
  const message = assertDefined(model.message, `protobuf form of ${name}`);
  const object: Json = {};
  readInto(object, message, reader);
  return object;
}

function readInto(object: Json, message: Message, reader: ProtobufReader): void {
  const entries = numbered(message);
  while (reader.next()) {
    const entry = entries.get(reader.field);
    if (!entry) reader.skip();
    else if (entry.type === 'embed') readInto(object, entry.message, reader.message());
    else readField(object, entry.field, reader);
  }
}

function numbered(message: Message): ReadonlyMap<number, MessageEntry> {
  const known = entriesByNumber.get(message);
  if (known) return known;
  const entries = new Map(message.entries.map((entry) => [entry.number, entry]));
  entriesByNumber.set(message, entries);
  return entries;
}

function readField(object: Json, field: ModelField, reader: ProtobufReader): void {
  const { name, type } = field;
  switch (type.type) {
    case 'scalar': {
      const value = readScalar(type.scalar, reader, readModel);
      const unset = value === undefined || (isZero(value) && !field.keepsZero);
      if (!unset) object[name] = value;
      return;
    }
    case 'model':
      reader.expect(WIRE.bytes);
      object[name] = readModel(type.model, reader.message());
      return;
    case 'list':
      readItems((object[name] ??= []) as unknown[], type.item, reader);
      return;
    case 'map':
      readEntry((object[name] ??= {}) as Json, type.value, reader);
      return;
    default:
      assertNever(type);
  }
}

function isZero(value: unknown): boolean {
  return value === 0 || value === '' || value === false;
}

/** One item, or, for numbers, a packed run of them. */
function readItems(list: unknown[], item: FieldType, reader: ProtobufReader): void {
  const packable = item.type === 'scalar' && wireOf(item.scalar) !== WIRE.bytes;
  if (!packable || reader.wire !== WIRE.bytes) {
    list.push(readValue(item, reader));
    return;
  }
  const packed = reader.message();
  while (!packed.done) {
    if (item.scalar === 'double') list.push(packed.double());
    else list.push(item.scalar === 'boolean' ? packed.bool() : packed.int());
  }
}

/** A map is a list of messages {1: key, 2: value}. */
function readEntry(map: Json, type: FieldType, reader: ProtobufReader): void {
  reader.expect(WIRE.bytes);
  const entry = reader.message();
  let key = '';
  let value: unknown;
  while (entry.next()) {
    if (entry.field === 1) key = entry.string();
    else if (entry.field === 2) value = readValue(type, entry);
    else entry.skip();
  }
  setEntry(map, key, value ?? emptyValue(type));
}

function readValue(type: FieldType, reader: ProtobufReader): unknown {
  if (type.type === 'scalar') return readScalar(type.scalar, reader, readModel) ?? null;
  reader.expect(WIRE.bytes);
  if (type.type === 'model') return readModel(type.model, reader.message());
  const inner: unknown[] = [];
  readItems(inner, type.type === 'list' ? type.item : type.value, reader.message());
  return inner;
}

function emptyValue(type: FieldType): unknown {
  if (type.type === 'scalar') return zeroOf(type.scalar);
  return type.type === 'list' ? [] : {};
}
