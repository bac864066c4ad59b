/** SHA-256 (FIPS 180-4) without a host: for the simulator's Crypto port. */
const ROUND_CONSTANTS = fractionalBits(64, 3);
const INITIAL_STATE = fractionalBits(8, 2);

export function sha256(data: Uint8Array): Uint8Array {
  const state = INITIAL_STATE.slice();
  const padded = pad(data);
  const schedule = new Uint32Array(64);
  for (let block = 0; block < padded.length; block += 64)
    mix(state, schedule, padded.subarray(block, block + 64));
  const digest = new Uint8Array(32);
  const view = new DataView(digest.buffer);
  state.forEach((word, at) => {
    view.setUint32(at * 4, word);
  });
  return digest;
}

function pad(data: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((data.length + 9) / 64) * 64);
  padded.set(data);
  padded[data.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(padded.length - 8, BigInt(data.length) * 8n);
  return padded;
}

function mix(state: Uint32Array, w: Uint32Array, block: Uint8Array): void {
  const view = new DataView(block.buffer, block.byteOffset, 64);
  for (let t = 0; t < 16; t++) w[t] = view.getUint32(t * 4);
  for (let t = 16; t < 64; t++) {
    const [x, y] = [at(w, t - 15), at(w, t - 2)];
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[t] = at(w, t - 16) + s0 + at(w, t - 7) + s1;
  }
  let [a, b, c, d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map((place) => at(state, place)) as Eight;
  for (let t = 0; t < 64; t++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + s1 + ((e & f) ^ (~e & g)) + at(ROUND_CONSTANTS, t) + at(w, t)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, place) => {
    state[place] = at(state, place) + value;
  });
}

type Eight = [number, number, number, number, number, number, number, number];

function at(words: Uint32Array, place: number): number {
  return words[place] ?? 0;
}

function rotate(value: number, bits: number): number {
  return (value >>> bits) | (value << (32 - bits));
}

/** The first 32 bits of the fractions of the square (2) or cube (3) roots of the first primes. */
function fractionalBits(count: number, root: 2 | 3): Uint32Array {
  const words = new Uint32Array(count);
  for (let found = 0, candidate = 2n; found < count; candidate++) {
    if (!isPrime(candidate)) continue;
    words[found++] = Number(integerRoot(candidate << BigInt(32 * root), root) & 0xffffffffn);
  }
  return words;
}

function isPrime(candidate: bigint): boolean {
  for (let divisor = 2n; divisor * divisor <= candidate; divisor++)
    if (candidate % divisor === 0n) return false;
  return true;
}

function integerRoot(value: bigint, root: 2 | 3): bigint {
  let low = 0n;
  let high = 1n << 40n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** BigInt(root) <= value) low = middle;
    else high = middle - 1n;
  }
  return low;
}
