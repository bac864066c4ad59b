import t from 'tap';
import { crc32c } from '../../src/store/crc32c.js';

t.test('the check values of RFC 3720 come out', (t) => {
  t.equal(crc32c(new TextEncoder().encode('123456789')), 0xe3069283);
  t.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  t.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  t.equal(crc32c(Uint8Array.from({ length: 32 }, (_, at) => at)), 0x46dd794e);
  t.end();
});

t.test('a checksum goes on from that of the part before', (t) => {
  const data = Uint8Array.from({ length: 100 }, (_, at) => (at * 37) & 0xff);
  for (let cut = 0; cut <= data.length; cut++) {
    t.equal(
      crc32c(data.subarray(cut), crc32c(data.subarray(0, cut))),
      crc32c(data),
      `cut at ${String(cut)}`,
    );
  }
  t.end();
});
