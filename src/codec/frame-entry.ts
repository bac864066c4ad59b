/**
 * A frame is a row of entries: a head of sixteen bytes, a msgpack value, and zeros up to the next multiple of eight.
 *
 * | bytes | what |
 * |---|---|
 * | 0 to 3 | length of the value |
 * | 4 | kind; 0 defines a name: the value is its text |
 * | 5 | how the records in the value are to be read |
 * | 6, 7 | name, as its number; 0 is no name |
 * | 8 to 15 | id, a double |
 */
export const HEAD_BYTES = 16;
export const NAMES_MAX = 0xffff;
export const DEFINITION = 0;

/**
 * Fresh: forget all records known so far (each connection begins so). Alone: the value needs none but its own. Shared: both
 * sides have them.
 */
export const Records = { continued: 0, fresh: 1, alone: 2, shared: 3 } as const;
export type Records = (typeof Records)[keyof typeof Records];

/** Where the fields of a head are. They are read one by one, as a head for each small message would be garbage. */
export const Head = { valueBytes: 0, kind: 4, records: 5, name: 6, id: 8 } as const;

export function writeHead(
  view: DataView,
  at: number,
  valueBytes: number,
  kind: number,
  records: Records,
  name: number,
  id: number,
): void {
  view.setUint32(at + Head.valueBytes, valueBytes);
  view.setUint8(at + Head.kind, kind);
  view.setUint8(at + Head.records, records);
  view.setUint16(at + Head.name, name);
  view.setFloat64(at + Head.id, id);
}

/** Where the entry after one that ends here begins. */
export function aligned(end: number): number {
  return Math.ceil(end / 8) * 8;
}
