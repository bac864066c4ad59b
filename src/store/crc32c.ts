/**
 * CRC-32C (Castagnoli), as etcd's WAL uses it; zlib has only the IEEE polynomial. Eight tables, so that eight bytes are
 * taken in one step ("slicing by 8", Kounavis and Berry 2005): about 1 GB/s, far below the cost of the sync that follows.
 */
const POLYNOMIAL = 0x82f63b78;
const TABLES = makeTables();

/** Goes on from `previous` (0 at the start), so that `crc32c(b, crc32c(a))` is the checksum of a followed by b. */
export function crc32c(data: Uint8Array, previous = 0): number {
  let crc = ~previous;
  const length = data.length;
  const aligned = length - (length % 8);
  let at = 0;
  for (; at < aligned; at += 8) {
    const low = crc ^ word(data, at);
    const high = word(data, at + 4);
    crc =
      table(7, low) ^
      table(6, low >>> 8) ^
      table(5, low >>> 16) ^
      table(4, low >>> 24) ^
      table(3, high) ^
      table(2, high >>> 8) ^
      table(1, high >>> 16) ^
      table(0, high >>> 24);
  }
  for (; at < length; at++) crc = table(0, crc ^ byte(data, at)) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function table(slice: number, value: number): number {
  return TABLES[slice * 256 + (value & 0xff)] as number;
}

function byte(data: Uint8Array, at: number): number {
  return data[at] as number;
}

function word(data: Uint8Array, at: number): number {
  return (
    byte(data, at) |
    (byte(data, at + 1) << 8) |
    (byte(data, at + 2) << 16) |
    (byte(data, at + 3) << 24)
  );
}

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let value = 0; value < 256; value++) {
    let crc = value;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[value] = crc;
  }
  for (let slice = 1; slice < 8; slice++) {
    for (let value = 0; value < 256; value++) {
      const before = tables[(slice - 1) * 256 + value] as number;
      tables[slice * 256 + value] = (tables[before & 0xff] as number) ^ (before >>> 8);
    }
  }
  return tables;
}
