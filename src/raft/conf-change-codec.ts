import { assert, assertDefined } from '../base/index.js';
import type { NodeId } from '../base/index.js';
import { confChangeV1, confChangeV2 } from './conf-change.js';
import type {
  ConfChange,
  ConfChangeSingle,
  ConfChangeTransition,
  ConfChangeType,
  ConfChangeV1,
  ConfChangeV2,
} from './conf-change.js';
import { EMPTY_BYTES, EntryType } from './message.js';
import type { Entry } from './message.js';

/**
 * Configuration changes as the data of an entry: raftpb's ConfChange and ConfChangeV2 in protobuf,
 * so that size limits count what etcd counts. Worked example: add node 3 in the older form is `10
 * 00 18 03` (field 2 type, field 3 id).
 */

/** By their protobuf number. */
const TYPES: readonly ConfChangeType[] = [
  'ConfChangeAddNode',
  'ConfChangeRemoveNode',
  'ConfChangeUpdateNode',
  'ConfChangeAddLearnerNode',
];
const TRANSITIONS: readonly ConfChangeTransition[] = [
  'ConfChangeTransitionAuto',
  'ConfChangeTransitionJointImplicit',
  'ConfChangeTransitionJointExplicit',
];

const VARINT = 0;
const BYTES = 2;

export function entryTypeOf(change: ConfChange): EntryType {
  return change.version === 1 ? EntryType.confChange : EntryType.confChangeV2;
}

export function encodeConfChange(change: ConfChange): Uint8Array {
  const out: number[] = [];
  if (change.version === 1) {
    putVarintField(out, 2, TYPES.indexOf(change.type));
    putVarintField(out, 3, change.nodeId);
    putBytesField(out, 4, change.context);
  } else {
    putVarintField(out, 1, TRANSITIONS.indexOf(change.transition));
    for (const single of change.changes) {
      const inner: number[] = [];
      putVarintField(inner, 1, TYPES.indexOf(single.type));
      putVarintField(inner, 2, single.nodeId);
      putVarint(out, 2 * 8 + BYTES);
      putVarint(out, inner.length);
      out.push(...inner);
    }
    putBytesField(out, 3, change.context);
  }
  return Uint8Array.from(out);
}

/**
 * The change in an entry, or null for a normal entry. Data that is not a change throws: the log is
 * corrupt.
 */
export function decodeConfChange(entry: Entry): ConfChange | null {
  switch (entry.type) {
    case EntryType.normal:
      return null;
    case EntryType.confChange:
      return decodeV1(entry.data);
    case EntryType.confChangeV2:
      return decodeV2(entry.data);
  }
}

function decodeV1(data: Uint8Array): ConfChangeV1 {
  let type = 0;
  let nodeId = 0;
  let context = EMPTY_BYTES;
  for (const field of fieldsOf(data)) {
    if (field.number === 2) type = field.value;
    else if (field.number === 3) nodeId = field.value;
    else if (field.number === 4) context = field.bytes;
  }
  return confChangeV1(typeAt(type), nodeId as NodeId, context);
}

function decodeV2(data: Uint8Array): ConfChangeV2 {
  const changes: ConfChangeSingle[] = [];
  let transition = 0;
  let context = EMPTY_BYTES;
  for (const field of fieldsOf(data)) {
    if (field.number === 1) transition = field.value;
    else if (field.number === 2) changes.push(decodeSingle(field.bytes));
    else if (field.number === 3) context = field.bytes;
  }
  return confChangeV2(changes, assertDefined(TRANSITIONS[transition], 'transition'), context);
}

function decodeSingle(data: Uint8Array): ConfChangeSingle {
  let type = 0;
  let nodeId = 0;
  for (const field of fieldsOf(data)) {
    if (field.number === 1) type = field.value;
    else if (field.number === 2) nodeId = field.value;
  }
  return { type: typeAt(type), nodeId: nodeId as NodeId };
}

function typeAt(number: number): ConfChangeType {
  return assertDefined(TYPES[number], 'type of configuration change');
}

interface Field {
  readonly number: number;
  readonly value: number;
  readonly bytes: Uint8Array;
}

function* fieldsOf(data: Uint8Array): Generator<Field> {
  let at = 0;
  while (at < data.length) {
    const tag = takeVarint(data, at);
    const value = takeVarint(data, tag.end);
    const wireType = tag.value % 8;
    assert(
      wireType === VARINT || wireType === BYTES,
      'unknown wire type in a configuration change',
    );
    at = wireType === VARINT ? value.end : value.end + value.value;
    assert(at <= data.length, 'a configuration change is cut short');
    const bytes = wireType === VARINT ? EMPTY_BYTES : data.subarray(value.end, at);
    yield { number: Math.floor(tag.value / 8), value: value.value, bytes };
  }
}

function takeVarint(
  data: Uint8Array,
  start: number,
): { readonly value: number; readonly end: number } {
  let value = 0;
  let scale = 1;
  for (let at = start; at < data.length; at++) {
    const byte = assertDefined(data[at], 'byte');
    value += (byte & 0x7f) * scale;
    assert(Number.isSafeInteger(value), 'a number in a configuration change is too large');
    if (byte < 0x80) return { value, end: at + 1 };
    scale *= 128;
  }
  assert(false, 'a configuration change is cut short');
}

function putVarintField(out: number[], number: number, value: number): void {
  assert(value >= 0, 'unknown kind of configuration change');
  putVarint(out, number * 8 + VARINT);
  putVarint(out, value);
}

function putBytesField(out: number[], number: number, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  putVarint(out, number * 8 + BYTES);
  putVarint(out, bytes.length);
  for (const byte of bytes) out.push(byte);
}

function putVarint(out: number[], value: number): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) + 128);
  out.push(rest);
}
