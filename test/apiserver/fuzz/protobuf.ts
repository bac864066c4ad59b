import { encodeKubernetesProtobuf } from '../../../src/api/index.js';
import type { KubernetesObject } from '../../../src/api/index.js';
import { ProtobufWriter } from '../../../src/codec/index.js';
import type { Draw } from './values.js';

/** A field of a message: its tag, and either its fields (where its bytes read as a message) or its bytes. */
interface Field {
  tag: number;
  content: Uint8Array | Field[];
  /** How much its length lies. */
  lie: number;
}

const MARK = 4;
const BYTES = 2;

/** A sound body of an object's kind, made wrong in one to three of the ways that only protobuf has. */
export function mutatedProtobuf(draw: Draw, object: KubernetesObject): Uint8Array {
  const encoded = encodeKubernetesProtobuf(object);
  if (!encoded.ok) throw new Error(encoded.error.message);
  const bytes = encoded.value;
  const root = fieldsOf(bytes.subarray(MARK)) ?? [];
  for (let changes = 1 + draw.below(3); changes > 0; changes--) changeSomewhere(draw, root);
  const body = Uint8Array.from([...bytes.subarray(0, MARK), ...written(root)]);
  return draw.below(20) === 0 ? body.slice(0, draw.below(body.length)) : body;
}

function changeSomewhere(draw: Draw, root: Field[]): void {
  let fields = root;
  for (;;) {
    const at = draw.below(fields.length);
    const field = fields[at];
    if (field === undefined) return;
    const { content } = field;
    // The object is within the second field of its envelope.
    const deeper = fields === root ? at === 1 : draw.below(3) > 0;
    if (Array.isArray(content) && content.length > 0 && deeper) {
      fields = content;
      continue;
    }
    if (fields === root && draw.below(10) > 0) continue;
    change(draw, fields, at, field);
    return;
  }
}

function change(draw: Draw, fields: Field[], at: number, field: Field): void {
  switch (draw.below(9)) {
    case 0:
      field.lie = draw.of([1, -1, 100, 2 ** 31, 2 ** 40]);
      return;
    case 1:
      field.tag = draw.of([0, 3, 4, 6, 7, 8 * draw.below(20) + draw.below(6)]);
      return;
    case 2:
      // A number of ten bytes, or of eleven, which are too many.
      field.content = Uint8Array.from([...new Array<number>(9 + draw.below(2)).fill(0xff), 1]);
      return;
    case 3:
      fields.splice(at, 0, ...new Array<Field>(draw.of([2, 50, 300])).fill(field));
      return;
    case 4:
      fields.splice(at, 0, unknownField(draw));
      return;
    case 5:
      field.content = Uint8Array.of(...draw.of([[0xff, 0xfe], [0xc3], [0xed, 0xa0, 0x80], [0]]));
      return;
    case 6:
      fields.splice(at, 1);
      return;
    case 7:
      for (let depth = draw.of([1, 60, 200]); depth > 0; depth--)
        field.content = [{ tag: 8 * (1 + (depth % 5)) + BYTES, content: field.content, lie: 0 }];
      return;
    default:
      field.content = Uint8Array.from({ length: draw.below(12) }, () => draw.below(256));
  }
}

function unknownField(draw: Draw): Field {
  const number = draw.of([2000, 2 ** 20, 2 ** 28]);
  const content = new Uint8Array(draw.below(300));
  return { tag: 8 * number + draw.of([0, 1, BYTES, 5]), content, lie: 0 };
}

/** Undefined: it does not read as a message. */
function fieldsOf(bytes: Uint8Array): Field[] | undefined {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = varint(bytes, at);
    const wire = tag.value % 8;
    if (tag.value < 8 || wire === 3 || wire === 4 || wire > 5) return undefined;
    const { value, end } = varint(bytes, tag.end);
    const from = wire === BYTES ? end : tag.end;
    const to = wire === 0 ? end : from + (wire === BYTES ? value : wire === 1 ? 8 : 4);
    if (to > bytes.length) return undefined;
    const content = bytes.subarray(from, to);
    const inner = wire === BYTES ? fieldsOf(content) : undefined;
    fields.push({ tag: tag.value, content: inner ?? content, lie: 0 });
    at = to;
  }
  return fields;
}

function varint(bytes: Uint8Array, from: number): { value: number; end: number } {
  let value = 0;
  let end = from;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[end++] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, end };
  }
}

function written(fields: readonly Field[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const { tag, content, lie } of fields) {
    const bytes = content instanceof Uint8Array ? content : written(content);
    writer.raw(varintBytes(tag));
    if (tag % 8 === BYTES) writer.raw(varintBytes(Math.max(0, bytes.length + lie)));
    writer.raw(bytes);
  }
  return writer.finish();
}

function varintBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}
